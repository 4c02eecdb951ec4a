export {
  CDO_HEADER_BYTES,
  type Cdo,
  type CdoContent,
  type CdoExtent,
  commandLength,
  readCdo,
  writeCdo,
} from './cdo.ts';
export {
  type CdoCommand,
  cdoCodeName,
  cdoCodes,
  type PlacedCommand,
} from './command.ts';
export type { PdiIssue } from './issue.ts';
export {
  NPU1_ID_CODE,
  PDI_DATA_OFFSET,
  type Pdi,
  type PdiContent,
  type PdiImage,
  type PdiImageContent,
  type PdiPartition,
  pdiContent,
  readPdi,
  writePdi,
} from './pdi.ts';
