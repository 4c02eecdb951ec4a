import { messageOf } from '../../errors.ts';
import type { TileFinding } from './finding.ts';

/** Bytes of each frame the compiler said is larger than the whole stack, by function. */
export function largeFrames(warnings: string): Map<string, number> {
  const frames = warnings.matchAll(/stack frame size \((\d+)\) exceeds limit \(\d+\) in '([^']+)'/g);
  return new Map([...frames].map(([, bytes, name]) => [name!, Number(bytes)]));
}

function inWords(frames: ReadonlyMap<string, number>): string {
  return [...frames].map(([name, bytes]) => `; the frame of '${name}' alone is ${bytes} bytes`).join('');
}

/** The finding of a write to the very bottom of memory that no stack grew down to. */
export const nullWrite: TileFinding = {
  code: 'NULL_WRITE',
  severity: 'error',
  evidence: 'the program wrote to the first 16 bytes of memory, as through a null pointer',
  fix: 'look for a pointer that is not set, or an offset subtracted twice',
};

/**
 * What ended a run, or undefined if nothing did. `thrown` is what the program threw (undefined if it returned) and
 * `stackUsed` how many bytes of stack it is known to have used.
 */
export function describeTrap(
  thrown: unknown,
  stackUsed: number,
  stackSize: number,
  warnings: string,
): TileFinding | undefined {
  const message = thrown === undefined ? '' : messageOf(thrown);
  if (stackUsed > stackSize) {
    return {
      code: 'STACK_OVERFLOW',
      severity: 'error',
      evidence: `at least ${stackUsed} bytes of stack used, ${stackSize} declared${inWords(largeFrames(warnings))}`,
      fix: `make large local arrays static, or declare a stackSize of at least ${Math.ceil(stackUsed / 32) * 32} here and as stack_size of the core in the AIE design`,
    };
  }
  if (message.includes('call stack')) {
    return {
      code: 'STACK_OVERFLOW',
      severity: 'error',
      evidence: 'calls nested without end (the call stack of WebAssembly is exhausted)',
      fix: 'recursion has no place on a compute tile: turn it into a loop',
    };
  }
  if (thrown === undefined) return undefined;
  if (message.includes('out of bounds') && message.includes('memory')) {
    return {
      code: 'OUT_OF_BOUNDS',
      severity: 'error',
      evidence: `an access outside the tile's 65,536 bytes of data memory (${message})`,
      fix: 'compare pointer arithmetic and loop bounds with the buffer sizes',
    };
  }
  return {
    code: 'TRAP',
    severity: 'error',
    evidence: `the program stopped: ${message}`,
    fix: message.includes('zero')
      ? 'test the divisor; the AIE2 core does not trap but returns a meaningless quotient'
      : 'WebAssembly checks what C leaves undefined; look for the same behaviour with a sanitizer',
  };
}
