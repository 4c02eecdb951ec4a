import fc from 'fast-check';

// One seed for every property test, so that the gate gives the same answer twice; FC_SEED tries another.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_122) });
