import { FailureStore } from '../index.ts';
import { found } from './found.ts';

// A process that keeps failures `from` to `to - 1` in a store that others write to at the same time.
const [dir, from, to] = process.argv.slice(2);
const store = new FailureStore(dir);
for (let value = Number(from); value < Number(to); value++) {
  await store.keep(found(value));
  await store.load('doubler');
}
