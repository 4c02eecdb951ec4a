import type { Tensor } from '../../tensor/index.ts';
import { show, showIndex } from '../numbers.ts';
import { cheapest, type Explanation } from './claim.ts';
import { Mismatch } from './mismatch.ts';
import type { Region } from './region.ts';
import { hypotheses, locators, wholeOnly } from './registry.ts';
import { elements, indexOf } from './text.ts';
import type { Diagnosis, DiagnosisContext, Stage } from './types.ts';

/** Explanations that save less are not reported. */
const MIN_SCORE = 0.05;
/** Explanations whose descriptions differ by fewer bits (or by half a hundredth of all) cannot be told apart. */
const AMBIGUOUS_BITS = 3;
/** What a region costs that holds other things than it usually does. */
const ATYPICAL_BITS = 6;

/** Elements of an output that is large, and bits of an explanation that leaves nothing open. */
const LARGE = 2 ** 16;
const CERTAIN_BITS = 30;
/** Hypotheses about faults that show on some data only. */
const DATA_DEPENDENT: ReadonlySet<string> = new Set(['rounding-mode', 'clamp-dropped', 'noise']);

/** An explanation, and of a region also the one inside it. */
interface Found extends Explanation {
  readonly inside?: Diagnosis;
}

/**
 * Explains why `actual` is not `expected` (equal shapes, else ShapeError): possible causes, the best first; empty if
 * they are equal, one `unexplained` with plain numbers if nothing fits. `expected` may be real-valued (an ideal in
 * LSBs of an integer output); it is then rounded half to even and saturated for hypotheses about integers.
 *
 * Hypotheses are compared by minimum description length (Rissanen, "Modeling by shortest data description", 1978):
 * each is charged the bits of its parameters, and of every element that it does not predict. The score is the share
 * that it saves of the bits which telling the position and value of each wrong element takes. So a hypothesis that
 * explains the same with less wins, and none wins for predicting what is right anyway.
 */
export function diagnose(
  expected: Tensor,
  actual: Tensor,
  context: DiagnosisContext = {},
): readonly Diagnosis[] {
  const stage = departure(context.stages ?? []);
  const mismatch = Mismatch.of(expected, actual, context);
  const whole = mismatch.wrong.length === 0 ? withinRounding(mismatch) : explained(mismatch);
  return stage === null ? whole : [stage, ...whole];
}

function explained(mismatch: Mismatch): Diagnosis[] {
  const found: Found[] = [];
  for (const hypothesis of [...hypotheses, ...wholeOnly]) {
    const one = hypothesis(mismatch);
    if (one === null) continue;
    found.push(one);
    // On a large output alternatives cost more time than they are worth.
    if (mismatch.size > LARGE && one.bits < CERTAIN_BITS) break;
  }
  let fewest = Math.min(mismatch.nullBits, ...found.map(({ bits }) => bits));
  // A single wrong element lies in some tile, row and column anyway.
  const regions =
    mismatch.wrong.length < 2 ? [] : locators.map((locate) => locate(mismatch)).filter((one) => one !== null);
  regions.sort((a, b) => a.bits - b.bits);
  for (const region of regions) {
    // A region that takes more bits to name than the best explanation in all cannot win.
    if (region.bits > fewest + AMBIGUOUS_BITS) break;
    const one = located(mismatch, region);
    if (coincidental(one, region, found)) continue;
    found.push(one);
    fewest = Math.min(fewest, one.bits);
  }
  found.sort((a, b) => a.bits - b.bits);
  const nullBits = mismatch.nullBits;
  const diagnoses = found.map((one) => diagnosisOf(one, nullBits)).filter(({ score }) => score >= MIN_SCORE);
  const [best, ...others] = diagnoses;
  if (best === undefined) return [unexplained(mismatch)];
  const alike = found
    .slice(1, diagnoses.length)
    .filter(
      ({ bits, hypothesis }) =>
        bits - found[0]!.bits < Math.max(AMBIGUOUS_BITS, nullBits / 200) && hypothesis !== best.hypothesis,
    )
    .map(({ hypothesis }) => hypothesis);
  return [alike.length === 0 ? best : { ...best, ambiguous: alike }, ...others];
}

function diagnosisOf({ bits, ...found }: Found, nullBits: number): Diagnosis {
  return { ...found, score: Math.max(0, Math.min(1, 1 - bits / nullBits)) };
}

/**
 * Whether a region of several rows, columns or tiles, or of a stretch, only says where the data brought out a fault that is everywhere:
 * rounding and wrapping show where there is something to round or to clamp.
 */
function coincidental({ inside }: Found, { loose }: Region, found: readonly Found[]): boolean {
  if (!loose || inside === undefined || !DATA_DEPENDENT.has(inside.hypothesis)) return false;
  return found.some(({ hypothesis }) => hypothesis === inside.hypothesis);
}

/** What is wrong inside the region that everything wrong lies in. */
function located(mismatch: Mismatch, region: Region): Found {
  const { ordinals, shape, bits, hypothesis, where, hint, typical, tiles } = region;
  const part = mismatch.part(ordinals, shape);
  const best = cheapest(hypotheses.map((one) => one(part)));
  const bare = part.bareBits + 8;
  const found = best !== null && best.bits < bare ? best : null;
  const usual = typical === undefined || (found !== null && typical.includes(found.hypothesis));
  const differ = `wrong only in ${where}: ${elements(part.wrong.length, part.size)} differ`;
  return {
    hypothesis,
    bits: bits + (found?.bits ?? bare) + (usual ? 0 : ATYPICAL_BITS),
    evidence: found === null ? differ : `${differ}; there ${found.evidence}`,
    hint,
    ...(tiles === undefined ? {} : { tiles }),
    ...(found === null ? {} : { inside: diagnosisOf(found, part.nullBits) }),
  };
}

/** The first stage with an error beyond its tolerance, and what is wrong there. */
function departure(stages: readonly Stage[]): Diagnosis | null {
  for (const [i, { name, expected, actual, tolerance = 0 }] of stages.entries()) {
    const mismatch = Mismatch.of(expected, actual, { tolerance });
    // Where no error exceeds the tolerance, a mismatch is made without it.
    if (mismatch.wrong.length === 0 || mismatch.scale.slack < tolerance) continue;
    const inside = explained(mismatch)[0]!;
    const before = stages.slice(0, i).map((stage) => stage.name);
    const place = i === 0 ? `the first of ${stages.length}` : `after ${before.join(', ')}, which are right`;
    return {
      hypothesis: 'stage',
      score: 1,
      evidence: `stage '${name}' (${place}) departs first: ${inside.evidence}`,
      hint: inside.hint,
      inside,
    };
  }
  return null;
}

/** Floats that differ by no more than an ULP or so; empty if they are the same numbers. */
function withinRounding({ expected, actual, size }: Mismatch): Diagnosis[] {
  let differ = 0;
  let greatest = 0;
  for (let i = 0; i < size; i++) {
    const e = expected[i]!;
    const a = actual[i]!;
    if (e === a || (Number.isNaN(e) && Number.isNaN(a))) continue;
    differ++;
    greatest = Math.max(greatest, Math.abs(a - e));
  }
  if (differ === 0) return [];
  return [
    {
      hypothesis: 'noise',
      score: 1,
      evidence: `${elements(differ, size)} differ by no more than the last bit or two, at most by ${show(greatest, 3)}`,
      hint: 'the same arithmetic in another order or precision: accept some ULPs',
    },
  ];
}

function unexplained({ wrong, expected, actual, size, shape }: Mismatch): Diagnosis {
  let worst = wrong[0]!;
  let sum = 0;
  let most = -1;
  for (const i of wrong) {
    const error = actual[i]! - expected[i]!;
    const magnitude = Number.isNaN(error) ? Infinity : Math.abs(error);
    sum += error;
    if (magnitude > most) {
      most = magnitude;
      worst = i;
    }
  }
  return {
    hypothesis: 'unexplained',
    score: 0,
    evidence:
      `${elements(wrong.length, size)} differ, at most by ${show(most)} at ${showIndex(indexOf(shape, worst))} ` +
      `(expected ${show(expected[worst]!)}, actual ${show(actual[worst]!)}), on average by ${show(sum / wrong.length, 3)}; ` +
      `first at ${showIndex(indexOf(shape, wrong[0]!))}`,
    hint: 'no known pattern fits: compare the stages of the computation one by one, and try inputs with a single non-zero value',
  };
}
