export { artifactDigest } from './digest.ts';
export { type FoundFailure, failureId, type KeptFailure } from './kept.ts';
export {
  type DamagedFile,
  FailureStore,
  type FailureStoreOptions,
  type Kept,
  type LoadedFailures,
} from './store.ts';
