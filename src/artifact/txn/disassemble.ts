import { decodeShimBd, type ShimBd } from './bd.ts';
import type { InstructionStream, Operation } from './operations.ts';
import { decodeQueuePush, shimRegister, shimRegisterName, tileAddress } from './registers.ts';

/**
 * One line an operation: offset, name, tile, register, and what is written there. A last line stands for bytes that
 * could not be decoded.
 */
export function disassemble(
  stream: Pick<InstructionStream, 'operations' | 'bytes' | 'restOffset'>,
): string[] {
  const lines = stream.operations.map((operation) =>
    `${hex(operation.offset, 6)}  ${describe(operation)}`.trimEnd(),
  );
  const rest = stream.bytes.length - stream.restOffset;
  if (rest > 0) lines.push(`${hex(stream.restOffset, 6)}  (${rest} bytes not decoded)`);
  return lines;
}

const hex = (value: number, digits = 1): string =>
  `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`;

const line = (name: string, ...rest: readonly string[]): string =>
  [name.padEnd(12), ...rest].filter((part) => part !== '').join(' ');

function describe(operation: Operation): string {
  switch (operation.kind) {
    case 'write':
      return line('WRITE', place(operation.address), `= ${hex(operation.value)}`, meaning(operation));
    case 'blockwrite':
      return line('BLOCKWRITE', place(operation.address), block(operation.address, operation.words));
    case 'maskwrite':
      return line(
        'MASKWRITE',
        place(operation.address),
        `= ${hex(operation.value)} mask ${hex(operation.mask)}`,
        meaning(operation),
      );
    case 'maskpoll':
    case 'maskpollbusy': {
      const name = operation.kind === 'maskpoll' ? 'MASKPOLL' : 'MASKPOLL_BUSY';
      return line(name, place(operation.address), `== ${hex(operation.value)} mask ${hex(operation.mask)}`);
    }
    case 'patch':
      return line(
        'DDR_PATCH',
        place(operation.address),
        argument(operation.argument, operation.argumentOffset),
      );
    case 'sync': {
      const { direction, channel, column, row, columns, rows } = operation;
      const extent = columns === 1 && rows === 1 ? '' : `${columns} columns, ${rows} rows`;
      return line('TCT', `(${column},${row})`, `${direction}${channel}`, extent);
    }
    case 'shimbd': {
      const { column, columns, bd, words } = operation;
      const where = argument(operation.argument, operation.argumentOffset);
      return line(
        'WRITEBD',
        `(${column},0)`,
        `BD${bd}`,
        where,
        bdText(decodeShimBd(words)),
        columnsText(columns),
      );
    }
    case 'noop':
      return 'NOOP';
    case 'preempt':
      return line('PREEMPT', `level ${operation.level}`);
    case 'loadpdi':
      return line(
        'LOADPDI',
        `pdi ${operation.pdi}, ${operation.pdiBytes} bytes at ${hex(operation.pdiAddress)}`,
      );
    case 'loadpmstart':
      return line(
        'LOAD_PM_START',
        `id ${operation.pmLoadId}, load sequence count ${operation.loadSequenceCount}`,
      );
    case 'createscratchpad': {
      const { usage, scratchpadBytes, scratchpadOffset } = operation;
      return line(
        'CREATE_SCRATCHPAD',
        `usage ${usage}, ${scratchpadBytes} bytes at ${hex(scratchpadOffset)}`,
      );
    }
    case 'updatestatetable':
      return line('UPDATE_STATE_TABLE', state(operation));
    case 'updatereg':
      return line('UPDATE_REG', place(operation.address), state(operation));
    case 'updatescratch':
      return 'UPDATE_SCRATCH';
    case 'raw':
      return line(operation.name, `(opcode ${hex(operation.opcode)}, ${operation.size} bytes not decoded)`);
  }
}

const argument = (index: number, offset: number): string => `argument ${index} + ${offset}`;

const columnsText = (columns: number): string => (columns === 1 ? '' : `${columns} columns`);

const state = (of: { stateTableIndex: number; func: number; funcArgument: number }): string =>
  `state ${of.stateTableIndex}, function ${of.func}, argument ${of.funcArgument}`;

function place(address: number): string {
  const { column, row, offset } = tileAddress(address);
  const register = row === 0 ? shimRegister(offset) : undefined;
  return `(${column},${row}) ${register === undefined ? hex(offset, 5) : shimRegisterName(register)}`;
}

/** What a write to a shim channel's registers does, in parentheses. */
function meaning({
  address,
  value,
  mask = 0xffff_ffff,
}: {
  address: number;
  value: number;
  mask?: number;
}): string {
  const { row, offset } = tileAddress(address);
  const register = row === 0 ? shimRegister(offset) : undefined;
  if (register?.kind === 'queue') {
    const { bd, runs, issuesToken } = decodeQueuePush(value);
    return `(start BD${bd}${runs === 1 ? '' : `, ${runs} runs`}${issuesToken ? ', token' : ''})`;
  }
  if (register?.kind === 'control' && (mask & 0xff00) !== 0)
    return `(Controller_ID ${(value & mask & 0xff00) >>> 8})`;
  return '';
}

function block(address: number, words: Uint32Array): string {
  const { row, offset } = tileAddress(address);
  const register = row === 0 ? shimRegister(offset) : undefined;
  if (register?.kind !== 'bd' || register.word !== 0 || words.length % 8 !== 0 || words.length === 0) {
    const shown = Array.from(words.subarray(0, 8), (word) => hex(word)).join(' ');
    return `${words.length} words: ${shown}${words.length > 8 ? ' ...' : ''}`;
  }
  const descriptors: string[] = [];
  // A block can write at most the sixteen descriptors of a tile.
  for (let at = 0; at < Math.min(words.length, 128); at += 8) {
    descriptors.push(bdText(decodeShimBd(words.subarray(at, at + 8))));
  }
  return descriptors.join(' | ');
}

/** A descriptor in a few words; what is at its usual value is left out. */
function bdText(bd: ShimBd): string {
  const parts = [`${bd.length} words`];
  if (bd.baseAddress !== 0) parts.push(`at ${hex(bd.baseAddress)}`);
  if (bd.d0Wrap !== 0 || bd.d0Step !== 1) parts.push(`d0 ${bd.d0Wrap} x ${bd.d0Step}`);
  if (bd.d1Wrap !== 0 || bd.d1Step !== 1) parts.push(`d1 ${bd.d1Wrap} x ${bd.d1Step}`);
  if (bd.d2Step !== 1) parts.push(`d2 x ${bd.d2Step}`);
  if (bd.iterationWrap !== 1 || bd.iterationStep !== 1 || bd.iterationCurrent !== 0) {
    const current = bd.iterationCurrent === 0 ? '' : ` from ${bd.iterationCurrent}`;
    parts.push(`iteration ${bd.iterationWrap} x ${bd.iterationStep}${current}`);
  }
  if (bd.enablePacket) parts.push(`packet type ${bd.packetType} id ${bd.packetId}`);
  if (bd.lockAcqEnable) parts.push(`acquire lock ${bd.lockAcqId} value ${bd.lockAcqValue}`);
  if (bd.lockRelValue !== 0) parts.push(`release lock ${bd.lockRelId} value ${bd.lockRelValue}`);
  if (bd.useNextBd) parts.push(`next BD${bd.nextBd}`);
  if (bd.tlastSuppress) parts.push('TLAST suppressed');
  if (!bd.validBd) parts.push('NOT VALID');
  return parts.join(', ');
}
