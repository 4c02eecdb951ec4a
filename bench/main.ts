import { Bench } from 'tinybench';
import { compareComparisons } from './compare.ts';
import { referenceComparisons } from './reference.ts';

/**
 * Measures each operation beside a peer on the same data in one run and prints medians and their ratio: absolute times
 * belong to the machine, the ratio to the code. With a word as argument, only operations whose names contain it.
 */
const wanted = process.argv[2] ?? '';

console.log(
  `${'operation'.padEnd(44)}${'ours, ms'.padStart(10)}${'peer, ms'.padStart(10)}${'ratio'.padStart(8)}  peer`,
);
for (const { name, ours, peer, peerName } of [...referenceComparisons, ...compareComparisons]) {
  if (!name.includes(wanted)) continue;
  const bench = new Bench({ time: 300, warmupTime: 100 })
    .add('ours', () => void ours())
    .add('peer', () => void peer());
  await bench.run();
  const [a, b] = bench.tasks.map((task) => {
    const { result } = task;
    if (result === undefined || !('latency' in result))
      throw new Error(`${name}, ${task.name}: not measured`);
    return result.latency.p50;
  }) as [number, number];
  console.log(
    `${name.padEnd(44)}${a.toFixed(3).padStart(10)}${b.toFixed(3).padStart(10)}${(a / b).toFixed(2).padStart(8)}  ${peerName}`,
  );
}
