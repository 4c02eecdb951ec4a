import { type DeviceChoice, type NpuDevice, openDevice } from '../device/index.ts';

/** A stream as far as the command line needs one. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Everything the command line touches of its surroundings, so that tests run it in process. */
export interface Io {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether stdout takes ANSI colours. */
  readonly color: boolean;
  openDevice(choice: DeviceChoice): Promise<NpuDevice>;
}

/** The surroundings of this very process. */
export function processIo(color: boolean): Io {
  const { env, stdout, stderr } = process;
  return { cwd: process.cwd(), env, stdout, stderr, color, openDevice };
}
