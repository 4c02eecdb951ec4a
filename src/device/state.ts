/** Command states with the values of XRT's `ert.h` (`enum ert_cmd_state`). They are not ordered by progress. */
export const ErtCmdState = {
  NEW: 1,
  QUEUED: 2,
  RUNNING: 3,
  COMPLETED: 4,
  ERROR: 5,
  ABORT: 6,
  SUBMITTED: 7,
  TIMEOUT: 8,
  NORESPONSE: 9,
  SKERROR: 10,
  SKCRASHED: 11,
} as const;

export type ErtCmdState = (typeof ErtCmdState)[keyof typeof ErtCmdState];

const names = new Map<number, string>(Object.entries(ErtCmdState).map(([name, value]) => [value, name]));

/** `ERT_CMD_STATE_COMPLETED` and the like; an unknown value is named by its number. */
export function stateName(state: number): string {
  const name = names.get(state);
  return name === undefined ? `unknown command state ${state}` : `ERT_CMD_STATE_${name}`;
}
