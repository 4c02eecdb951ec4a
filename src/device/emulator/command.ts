import { type BufferLayout, type KernelArg, OPCODE_TXN } from '../contract.ts';
import { ErtCmdState } from '../state.ts';
import { txnFault } from './instructions.ts';

/** A command the device would run, or how it ends without running. */
export type Command =
  | {
      readonly accepted: true;
      /** Exactly the bytes the DMA moves, for each data buffer. */
      readonly buffers: readonly Uint8Array<ArrayBuffer>[];
      readonly log: readonly string[];
    }
  | { readonly accepted: false; readonly state: ErtCmdState; readonly log: readonly string[] };

const call = 'the call is (opcode 3, instruction buffer, word count, data buffers...)';

const refuse = (state: ErtCmdState, why: string): Command => ({ accepted: false, state, log: [why] });

function opcodeFault(opcode: KernelArg | undefined): string | undefined {
  if (opcode?.kind !== 'scalar') return `argument 0 is not an opcode: ${call}`;
  if (opcode.value === OPCODE_TXN) return undefined;
  return `opcode ${opcode.value} in argument 0; a TXN instruction stream starts with opcode ${OPCODE_TXN}`;
}

function instructionFault(instructions: KernelArg | undefined): string | undefined {
  if (instructions?.kind !== 'instructions') return `argument 1 is not an instruction buffer: ${call}`;
  if (instructions.words.length === 0)
    return 'the instruction buffer in argument 1 is empty: copy insts.bin into it';
  const fault = txnFault(instructions.words);
  return fault === undefined ? undefined : `argument 1 holds no TXN instruction stream: ${fault}`;
}

/** Judges the instruction count; a string is a fault, `log` a remark. */
function judgeCount(count: KernelArg | undefined, words: number): { fault?: string; log?: string } {
  if (count?.kind !== 'scalar') return { fault: `argument 2 is not an instruction count: ${call}` };
  if (count.value === words) return {};
  if (count.value === words * 4) {
    const log = `instruction count ${count.value} counts bytes; the convention is 32-bit words (${words})`;
    return { log };
  }
  return { fault: `instruction count ${count.value} in argument 2; the stream has ${words} 32-bit words` };
}

/**
 * Holds a call to the convention of an XDNA kernel and ends it as the hardware does: ERROR where the command is
 * malformed, TIMEOUT where the DMA would wait for bytes that never come. Each ending has a log line that says why.
 */
export function judgeCommand(args: readonly KernelArg[], layout: readonly BufferLayout[]): Command {
  const [opcode, instructions, count, ...data] = args;
  const fault = opcodeFault(opcode) ?? instructionFault(instructions);
  if (fault !== undefined) return refuse(ErtCmdState.ERROR, fault);
  const words = instructions?.kind === 'instructions' ? instructions.words.length : 0;
  const judged = judgeCount(count, words);
  if (judged.fault !== undefined) return refuse(ErtCmdState.ERROR, judged.fault);
  if (data.length !== layout.length) {
    const names = layout.map(({ name }) => name).join(', ');
    return refuse(
      ErtCmdState.ERROR,
      `${data.length} data arguments from argument 3; the kernel has ${layout.length} buffers (${names})`,
    );
  }
  const log = judged.log === undefined ? [] : [judged.log];
  const buffers: Uint8Array<ArrayBuffer>[] = [];
  for (const [i, { name, bytes }] of layout.entries()) {
    const arg = data[i]!;
    if (arg.kind !== 'buffer')
      return refuse(ErtCmdState.ERROR, `argument ${i + 3} ('${name}') is not a buffer`);
    const given = arg.bytes.length;
    if (given < bytes) {
      return refuse(
        ErtCmdState.TIMEOUT,
        `buffer '${name}' (argument ${i + 3}) has ${given} bytes; the DMA moves ${bytes} and waits for the rest for ever: allocate ${bytes}`,
      );
    }
    if (given > bytes) {
      log.push(
        `buffer '${name}' (argument ${i + 3}) has ${given} bytes; only the first ${bytes} are transferred`,
      );
    }
    buffers.push(arg.bytes.subarray(0, bytes));
  }
  return { accepted: true, buffers, log };
}
