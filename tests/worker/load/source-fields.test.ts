import { expect, test } from 'vitest';
import { fieldLine } from '../../../worker/load/source-fields.ts';
import { lineIn } from '../../support/planted-loops.ts';

const SOURCE = `// defineLoop({ name: 'not this one' })
const unrelated = { name: 1 };
export const odd = defineLoop<Ticket, Array<() => void>>(
  {
    // name: 'in a comment',
    name: 'odd', /* input: no */ input: z.object({ name: z.string() }),
    'output': z.object({ text: z.string().regex(/[/'"{]+\\}/) }),
    dedupe(input) {
      return \`\${input.id}-\${[1, 2].map((n) => \`{\${n}\`).join('}')}\`;
    },
    stages: {
      first: stage(z.object({ generate: z.string() }), {
        generate: compute('a', ({ x }, { y }) => (x > 1 ? { verify: x } : y)),
        verify: [
          check('one', () => ({ verdict: 'pass', evidence: ')]},' })),
          shared,
          check('three', verifyThree),
        ],
      }),
      main,
    },
    act: { send: {
      run: async (output) => output,
    } },
  },
);
`;

const call = { file: 'loop.ts', line: 3, column: SOURCE.split('\n')[2]!.indexOf('defineLoop') + 1 };

test.each([
  ['name', "name: 'odd'"],
  ['input', 'input: z.object'],
  ['output', "'output'"],
  ['dedupe', 'dedupe(input)'],
  ['stages.first.generate', "generate: compute('a'"],
  ['stages.first.verify.0', "check('one'"],
  ['stages.first.verify.1', 'shared'],
  ['stages.first.verify.2', "check('three'"],
  ['stages.main', 'main,'],
  ['stages.main.verify', 'main,'],
  ['act.send.run', 'run: async'],
  ['act.send.repeatable', 'act: { send'],
  ['acts', 'export const odd'],
])('%s is found at its line', (field, part) => {
  expect(fieldLine(SOURCE, call, field)).toBe(lineIn(SOURCE, part));
});

test('a definition that is not written in the call is where the call is', () => {
  const source = "const d = { name: 'x' };\nexport const x = defineLoop(d);\n";
  expect(fieldLine(source, { file: 'loop.ts', line: 2, column: 18 }, 'stages.main.verify')).toBe(2);
});
