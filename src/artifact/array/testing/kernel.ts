import { type CdoCommand, pdiContent, readPdi, writePdi } from '../../pdi/index.ts';
import { type ArrayConfig, type ArrayPlan, buildArray, describeArray, liftArray } from '../index.ts';

/** An elementwise kernel of one core: 512 bytes in, 512 bytes out, two objects each way. */
export function elementwise(): ArrayPlan {
  return describeArray([
    {
      program: Uint8Array.from({ length: 64 }, (_, index) => index),
      data: [{ address: 0xc00, bytes: Uint8Array.from({ length: 256 }, (_, index) => index) }],
      inputs: [{ bytes: 512, addresses: [0x800, 0xa00] }],
      outputs: [{ bytes: 512, addresses: [0x400, 0x600] }],
    },
  ]);
}

/** A PDI with these commands; with `plainWords` in the transformed form. */
export function pdiOf(commands: readonly CdoCommand[], plainWords?: number): Uint8Array {
  if (plainWords === undefined) return writePdi(pdiContent(commands));
  return writePdi({ images: [{ partitions: [{ cdo: { commands, plainWords } }] }] });
}

/** Builds, writes, reads and lifts. */
export function throughPdi(config: ArrayConfig, plainWords?: number): ArrayConfig {
  const pdi = readPdi(pdiOf(buildArray(config), plainWords), 'test.pdi');
  return liftArray(pdi.images[0]!.partitions[0]!.cdo.commands);
}

/** Lifts commands that were not read from a file. */
export function lifted(...commands: readonly CdoCommand[]): ArrayConfig {
  return liftArray(commands.map((command) => ({ ...command, offset: 0 })));
}
