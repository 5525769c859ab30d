import fc from 'fast-check';
import type { TextExample } from '../../../core/reader/second-reader.ts';

export const labels = ['card_arrival', 'cash_withdrawal_fee', 'transfer_pending'];

const vocabulary = [
  'my',
  'card',
  'cash',
  'fee',
  'transfer',
  'where',
  'is',
  'late',
  'new',
  'why',
  'machine',
  'bank',
  'still',
];

export const text = fc
  .array(fc.constantFrom(...vocabulary), { minLength: 0, maxLength: 8 })
  .map((words) => words.join(' '));

/** Labelled texts with ascending ids that have gaps. */
export const examples = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 5 }),
      text,
      label: fc.constantFrom(...labels),
      predicted: fc.option(fc.constantFrom(...labels), { nil: undefined }),
    }),
    { maxLength: 25 },
  )
  .map((rows) => {
    let id = 0;
    return rows.map(({ gap, ...rest }): TextExample => ({ id: (id += gap), ...rest }));
  });

/** Five ways a customer says each of three things, and what is asked about them afterwards. */
export const written: readonly (readonly [string, string])[] = [
  ['my new card has not come in the post', 'card_arrival'],
  ['where is the plastic you sent me', 'card_arrival'],
  ['still waiting for the postman to bring it', 'card_arrival'],
  ['the envelope with my card never showed up', 'card_arrival'],
  ['ordered it two weeks ago and the letterbox is empty', 'card_arrival'],
  ['the atm took two euros extra', 'cash_withdrawal_fee'],
  ['why was I billed for getting notes from the machine', 'cash_withdrawal_fee'],
  ['you charge me every time I take money out', 'cash_withdrawal_fee'],
  ['is getting cash from an atm free abroad', 'cash_withdrawal_fee'],
  ['there is a charge on my atm withdrawal', 'cash_withdrawal_fee'],
  ['I sent rent to my landlord and he has nothing yet', 'transfer_pending'],
  ['the payment to my sister has been processing for days', 'transfer_pending'],
  ['money left my account but did not reach my friend', 'transfer_pending'],
  ['how long until the bank transfer goes through', 'transfer_pending'],
  ['my landlord says the rent did not land', 'transfer_pending'],
];

export const asked: readonly (readonly [string, string])[] = [
  ['the postman brought no envelope', 'card_arrival'],
  ['nothing in my letterbox, waiting two weeks', 'card_arrival'],
  ['atm billed me extra for notes', 'cash_withdrawal_fee'],
  ['do you charge for taking money from a machine', 'cash_withdrawal_fee'],
  ['sent money to my sister, she has nothing', 'transfer_pending'],
  ['rent has been processing, landlord is angry', 'transfer_pending'],
];
