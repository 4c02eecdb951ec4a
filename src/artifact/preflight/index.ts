export {
  type Artifacts,
  type DeviceShape,
  devices,
  type HostBuffer,
  type HostCall,
  type NamedBytes,
} from './artifacts.ts';
export type { Evidence, Finding, Issue, Severity } from './issue.ts';
export { type ArtifactKind, kindByContent, kindByName } from './kind.ts';
export { preflight } from './preflight.ts';
export { rules } from './registry.ts';
export type { Rule } from './rule.ts';
