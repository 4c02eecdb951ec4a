import fc from 'fast-check';
import { encodeShimBd, type Instruction, shimBdAddress, shimChannel } from '../index.ts';

const u8 = fc.nat(0xff);
const u32 = fc.nat(0xffff_ffff);
const u64 = fc.oneof(fc.nat(0x10000), fc.maxSafeNat());
const words = (options: fc.ArrayConstraints): fc.Arbitrary<Uint32Array> =>
  fc.array(u32, options).map((list) => Uint32Array.from(list));

const direction = fc.constantFrom('S2MM' as const, 'MM2S' as const);
const sync = fc.record({
  kind: fc.constant('sync' as const),
  direction,
  column: u8,
  row: u8,
  channel: u8,
  columns: u8,
  rows: u8,
});
const write = fc.record({ kind: fc.constant('write' as const), address: u32, value: u32 });

/** Any operation both TXN versions can hold. */
export const anyTxnInstruction: fc.Arbitrary<Instruction> = fc.oneof(
  write,
  fc.record({ kind: fc.constant('blockwrite' as const), address: u32, words: words({ maxLength: 12 }) }),
  fc.record({
    kind: fc.constantFrom('maskwrite' as const),
    address: u32,
    value: u32,
    mask: u32,
  }),
  fc.record({
    kind: fc.constantFrom('maskpoll' as const, 'maskpollbusy' as const),
    address: u32,
    value: u32,
    mask: u32,
  }),
  fc.record({ kind: fc.constant('patch' as const), address: u32, argument: u8, argumentOffset: u64 }),
  sync,
  fc.constant({ kind: 'noop' } as const),
  fc.record({ kind: fc.constant('preempt' as const), level: u8 }),
  fc.record({ kind: fc.constant('loadpdi' as const), pdi: fc.nat(0xffff), pdiBytes: u32, pdiAddress: u64 }),
  fc.record({
    kind: fc.constant('loadpmstart' as const),
    loadSequenceCount: fc.nat(0xff_ffff),
    pmLoadId: u32,
  }),
  fc.record({
    kind: fc.constant('createscratchpad' as const),
    usage: u8,
    scratchpadBytes: u32,
    scratchpadOffset: u64,
  }),
  fc.record({
    kind: fc.constant('updatestatetable' as const),
    stateTableIndex: u8,
    func: u8,
    funcArgument: u32,
  }),
  fc.record({
    kind: fc.constant('updatereg' as const),
    stateTableIndex: u8,
    func: u8,
    funcArgument: u32,
    address: u32,
  }),
  fc.constant({ kind: 'updatescratch' } as const),
);

/** Any operation the legacy form can hold. */
export const anyLegacyInstruction: fc.Arbitrary<Instruction> = fc.oneof(
  write,
  sync,
  fc.constant({ kind: 'noop' } as const),
  fc
    .record({
      kind: fc.constant('shimbd' as const),
      column: u8,
      columns: u8,
      columnIncrement: u32,
      argument: fc.nat(15),
      bd: fc.nat(15),
      argumentOffset: u32,
      words: words({ minLength: 8, maxLength: 8 }),
    })
    .map((bd) => ({ ...bd, words: bd.words.map((word, index) => (index === 1 ? 0 : word)) })),
);

/** Operations that meet in the shim DMA of a few columns: descriptors, patches, pushes and waits in any order. */
export const anyShimInstruction: fc.Arbitrary<Instruction> = fc
  .record({
    column: fc.nat(2),
    bd: fc.nat(3),
    channel: fc.nat(1),
    direction,
    what: fc.nat(4),
    length: fc.oneof(fc.nat(5000), u32),
    wrap: fc.nat(1023),
    step: fc.integer({ min: 1, max: 2 ** 20 }),
    iterationWrap: fc.integer({ min: 1, max: 64 }),
    control: u32,
    runs: u8,
  })
  .map((of): Instruction => {
    const { column, bd, channel } = of;
    const registers = shimChannel(column, of.direction, channel);
    switch (of.what) {
      case 0:
        return {
          kind: 'blockwrite',
          address: shimBdAddress(column, bd),
          words: encodeShimBd({
            length: of.length,
            d0Wrap: of.wrap,
            d0Step: (of.step % 7) + 1,
            d1Wrap: of.control % 1024,
            d1Step: of.step,
            d2Step: (of.control % 2 ** 20) + 1,
            iterationWrap: of.iterationWrap,
            iterationStep: of.step,
            iterationCurrent: of.control % 64,
            validBd: true,
            useNextBd: of.control % 5 === 0,
            nextBd: of.control % 4,
          }),
        };
      case 1:
        return {
          kind: 'patch',
          address: shimBdAddress(column, bd, 1),
          argument: of.runs % 5,
          argumentOffset: of.length,
        };
      case 2:
        return { kind: 'maskwrite', address: registers.control, value: of.control, mask: of.length };
      case 3:
        return { kind: 'write', address: registers.queue, value: of.control };
      default:
        return { kind: 'sync', direction: of.direction, column, row: 0, channel, columns: 1, rows: 1 };
    }
  });
