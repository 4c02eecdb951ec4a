import { createContext, Script } from 'node:vm';

const slot: { call: () => void } = { call: () => undefined };
const context = createContext(slot);
const script = new Script('call()');

/**
 * Calls `call` for at most `limitMs` milliseconds (at least 1). A watchdog thread of `node:vm` interrupts even a
 * WebAssembly loop that never returns, which a timer on the event loop could not. Returns whether it finished in
 * time; what `call` throws, it throws.
 */
export function finishesWithin(limitMs: number, call: () => void): boolean {
  slot.call = call;
  try {
    script.runInContext(context, { timeout: Math.max(1, Math.ceil(limitMs)) });
    return true;
  } catch (thrown) {
    if ((thrown as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw thrown;
  } finally {
    slot.call = () => undefined;
  }
}
