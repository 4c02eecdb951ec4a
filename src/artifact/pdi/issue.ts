/**
 * Something in a file that is wrong or unknown but does not stop the reading.
 * - `CHECKSUM`: a stored checksum differs from the computed one
 * - `UNKNOWN_COMMAND`: a command is kept raw
 * - `UNKNOWN_FIELD`: a header word that no known field covers is not zero
 * - `LENGTH`: two length fields, or a length field and the file, disagree
 * - `SHORT_DATA`: the file ends before the last block does
 * - `LAYOUT`: parts do not lie one after the other as the known tools write them
 * - `PADDING`: there are bytes after the last command or block that are more than padding
 */
export interface PdiIssue {
  readonly code:
    | 'CHECKSUM'
    | 'UNKNOWN_COMMAND'
    | 'UNKNOWN_FIELD'
    | 'LENGTH'
    | 'SHORT_DATA'
    | 'LAYOUT'
    | 'PADDING';
  /** Byte in the file. */
  readonly offset: number;
  readonly message: string;
}
