export { diagnose } from './diagnose.ts';
export type { CorePlace, DiagnosedTile, Diagnosis, DiagnosisContext, Stage } from './types.ts';
