import { join } from 'node:path';
import { articleFor, parseArticle, replyFrom } from '../../loops/supportTriage/desk.ts';
import { documentReader } from '../documents.ts';
import { LOOPS } from '../own-loops/own-loops.ts';
import type { Triage } from './record.ts';

/** What a person would answer who knows the intent of a message: it, and the reply that quotes its article. */
export async function answerKey(): Promise<(intent: string) => Triage> {
  const files = await documentReader()(join(LOOPS, 'supportTriage'), 'kb');
  const articles = files.map((file) => parseArticle(file.name, file.text));
  return (intent) => {
    const article = articleFor(intent, articles);
    return { intent, confidence: 1, reply: article === undefined ? intent : replyFrom(article) };
  };
}
