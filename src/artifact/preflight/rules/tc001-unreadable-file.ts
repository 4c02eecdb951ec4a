import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 F1, F2. */
export const unreadableFile: Rule = {
  id: 'TC001',
  name: 'unreadable-file',
  severity: 'error',
  summary: 'A file is empty, a Git LFS pointer, a web page, truncated, or of another kind than it should be.',
  check({ files }) {
    return files.flatMap(({ name, error }) =>
      error === undefined
        ? []
        : [
            {
              title: 'the file cannot be read',
              evidence: [{ file: name, text: error.message }],
              fix: error.hint ?? 'build the kernel again, or fetch the file again',
            },
          ],
    );
  },
};
