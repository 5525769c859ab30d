import { expect, test } from 'vitest';
import { attributesCommand } from '../../../worker/temporal/search-attributes.ts';

test('the command that adds search attributes reaches the cluster and names each with its type', () => {
  const missing = [
    ['LoopState', 'Keyword'],
    ['LoopCost', 'Double'],
  ] as const;
  expect(attributesCommand(' --address there:7233', missing)).toBe(
    'temporal operator search-attribute create --address there:7233 --name LoopState --type Keyword --name LoopCost --type Double',
  );
});
