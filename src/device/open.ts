import { ValueError } from '../errors.ts';
import type { NpuDevice } from './contract.ts';
import { ProcessDevice, type ProcessDeviceOptions } from './process/process-device.ts';
import { xrtUnavailable } from './xrt/probe.ts';

export const deviceChoices = ['auto', 'xrt', 'emulator'] as const;

/** What a user may ask for; `auto` is the best device present. */
export type DeviceChoice = (typeof deviceChoices)[number];

export type OpenDeviceOptions = Omit<ProcessDeviceOptions, 'note'>;

/**
 * Opens a device; it lives in a process of its own that starts with the first `load`. `auto` falls back to the
 * emulator and says why in `info.note`. Close the device when done.
 *
 * Throws `EnvironmentError` `XRT_MISSING` or `XRT_NOT_BUILT` for `xrt`, and {@link ValueError} for an unknown choice.
 */
export async function openDevice(choice: DeviceChoice, options: OpenDeviceOptions = {}): Promise<NpuDevice> {
  switch (choice) {
    case 'emulator':
      return new ProcessDevice(options);
    case 'xrt':
      throw await xrtUnavailable();
    case 'auto': {
      const { message } = await xrtUnavailable();
      return new ProcessDevice({ ...options, note: `${message}: using the emulator` });
    }
    default:
      throw new ValueError(`unknown device '${String(choice)}'`, `use one of ${deviceChoices.join(', ')}`);
  }
}
