import { tensor, zeros } from '../tensor/index.ts';
import { compare, parseAcceptance, renderComparison } from './index.ts';

const N = 4096;
const E = tensor(
  'f64',
  [64, 64],
  Array.from({ length: N }, (_, i) => Math.sin(i) * 63),
);
const A = tensor(
  'int8',
  [64, 64],
  Array.from({ length: N }, (_, i) => Math.floor(Math.sin(i) * 63) + (i > 2000 && i % 64 > 40 ? 3 : 0)),
);
for (const m of ['lsb(2) & correlation(0.99)', 'correlation(0.9999)', 'exact | abs(0.1)', 'lsb(4)'])
  console.log(
    renderComparison(compare(E, A, { accept: parseAcceptance(m), tile: [16, 16] }), { title: 'demo' }) + '\n',
  );
console.log(
  renderComparison(
    compare(E, zeros('int8', [64, 64]), {
      accept: parseAcceptance('lsb(2) & correlation(0.99)'),
      tile: [8, 8],
    }),
    { title: 'demo', color: true },
  ) + '\n',
);
const B = tensor(
    'f32',
    [6, 40, 64],
    Array.from({ length: 6 * 40 * 64 }, (_, i) => (i === 777 ? NaN : i)),
  ),
  C = tensor(
    'f32',
    [6, 40, 64],
    Array.from({ length: 6 * 40 * 64 }, (_, i) => i * (1 + 1e-6 * (i % 5))),
  );
console.log(
  renderComparison(compare(B, C, { accept: parseAcceptance('absRel(1e-7,1e-6)'), tile: [8, 8] }), {
    title: 'demo',
  }) + '\n',
);
console.log(
  renderComparison(compare(B, C, { accept: parseAcceptance('ulp(2,1e-6) & snr(100)'), tile: [2] }), {
    title: 'demo',
  }) + '\n',
);
