import { fromStorage, tensor } from '../tensor/index.ts';
import { abs, absRel, compare, parseAcceptance } from './index.ts';
import { overall } from './metrics.ts';
import { Pair } from './pair.ts';

const n = 1500 * 512;
const e = new Float32Array(n),
  a = new Float32Array(n);
for (let i = 0; i < n; i++) {
  e[i] = Math.sin(i) * 3;
  a[i] = e[i]! * (1 + 1e-6 * Math.cos(i));
}
const E = fromStorage('f32', [1500, 512], e),
  A = fromStorage('f32', [1500, 512], a);
const E8 = tensor(
    'f64',
    [64, 64],
    Array.from({ length: 4096 }, (_, i) => Math.sin(i) * 90),
  ),
  A8 = tensor(
    'int8',
    [64, 64],
    Array.from({ length: 4096 }, (_, i) => Math.round(Math.sin(i) * 90) + (i % 7 === 0 ? 1 : 0)),
  );
const m = parseAcceptance('lsb(2) & correlation(0.99)');
function med(f: () => void, k = 41) { f(); const c0 = process.cpuUsage(); const t: number[] = []; for (let i = 0; i < k; i++) { const c = process.cpuUsage(); f(); const d = process.cpuUsage(c); t.push((d.user) / 1000); } t.sort((x, y) => x - y); const c = process.cpuUsage(c0); return 'user ' + t[k >> 1]!.toFixed(3) + ' min ' + t[0]!.toFixed(3) + ' all+sys ' + ((c.user + c.system) / 1000 / k).toFixed(3); }
for (let r = 0; r < 3; r++) {
  const p = new Pair(E, A);
  console.log(
    'pair',
    med(() => {
      new Pair(E, A);
    }),
    'ulps',
    med(() => {
      new Pair(E, A).ulps;
    }),
  );
  console.log(
    'judgePair',
    med(() => {
      absRel(1e-6, 1e-4).judgePair(p);
    }),
  );
  console.log(
    'judge',
    med(() => {
      absRel(1e-6, 1e-4).judge(E, A);
    }),
  );
  console.log(
    'overall',
    med(() => {
      overall(new Pair(E, A));
    }),
  );
  console.log(
    'full',
    med(() => {
      compare(E, A, { accept: absRel(1e-6, 1e-4) });
    }),
  );
  console.log(
    'full 16x16',
    med(() => {
      compare(E, A, { accept: absRel(1e-6, 1e-4), tile: [16, 16] });
    }, 11),
  );
  console.log(
    '64 full tiles',
    med(() => {
      compare(E8, A8, { accept: m, tile: [16, 16] });
    }, 1001),
  );
  console.log(
    '64 verdict',
    med(() => {
      compare(E8, A8, { accept: m, tile: [16, 16], detail: 'verdict' });
    }, 1001),
  );
}
