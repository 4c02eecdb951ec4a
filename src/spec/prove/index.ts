export {
  type Judge,
  type MutantKind,
  type Outcome,
  type Proof,
  type ProofRow,
  type ProveOptions,
  prove,
  type Rejection,
} from './prove.ts';
