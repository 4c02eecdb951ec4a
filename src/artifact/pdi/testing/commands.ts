import fc from 'fast-check';
import type { CdoCommand, PlacedCommand } from '../index.ts';

/** The 32-bit word at a byte offset. */
export function word(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
}

/** A command without its place. */
export function bare({ offset: _, ...command }: PlacedCommand): CdoCommand {
  return command as CdoCommand;
}

export const aCommand: CdoCommand = { op: 'WRITE', address: 0x21f000, value: 2 };

/** One command of every decoded kind. */
export function exampleCommands(): CdoCommand[] {
  return [
    { op: 'NOP', filler: new Uint8Array(0) },
    { op: 'MASK_WRITE', address: 0x232000, mask: 1, value: 0 },
    { op: 'NOP', filler: new Uint8Array(8) },
    { op: 'DMA_WRITE', addressHigh: 0, address: 0x220000, data: new Uint8Array(1200).fill(3) },
    {
      op: 'DMA_WRITE',
      addressHigh: 0,
      address: 0x21d000,
      data: Uint8Array.from({ length: 24 }, (_, i) => i),
    },
    aCommand,
    { op: 'WRITE', address: 0x21f010, value: 0xffffffff },
    { op: 'MASK_WRITE64', addressHigh: 1, address: 4, mask: 0xf0f0f0f0, value: 5 },
    { op: 'WRITE64', addressHigh: 0, address: 0xfffffffc, value: 6 },
  ];
}

const u32 = fc.nat(0xffffffff);
const payload = (maxWords: number): fc.Arbitrary<Uint8Array> =>
  fc.array(u32, { maxLength: maxWords }).map((words) => new Uint8Array(Uint32Array.from(words).buffer));

/** Any command that the plain form can hold. */
export const anyCommand: fc.Arbitrary<CdoCommand> = fc.oneof(
  fc.record({ op: fc.constant('WRITE' as const), address: u32, value: u32 }),
  fc.record({ op: fc.constant('MASK_WRITE' as const), address: u32, mask: u32, value: u32 }),
  fc.record({ op: fc.constant('WRITE64' as const), addressHigh: u32, address: u32, value: u32 }),
  fc.record({
    op: fc.constant('MASK_WRITE64' as const),
    addressHigh: u32,
    address: u32,
    mask: u32,
    value: u32,
  }),
  fc.record({ op: fc.constant('DMA_WRITE' as const), addressHigh: u32, address: u32, data: payload(300) }),
  fc.record({ op: fc.constant('NOP' as const), filler: payload(4) }),
  fc.record({
    op: fc.constant('OTHER' as const),
    code: fc.constantFrom(0x1, 0x112, 0x1ff, 0xffff),
    args: payload(5),
  }),
);
