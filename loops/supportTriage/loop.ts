import { z } from 'zod';
import { SecondReader } from '../../core/reader/second-reader.ts';
import { labelWords } from '../../core/reader/label-words.ts';
import { check, defineLoop, documents, lessons, model, type Evidence, type Loop } from '../define/index.ts';
import { articleFor, parseArticle, replyFrom, type Article } from './desk.ts';

const Ticket = z.object({ id: z.string().min(1).max(200), text: z.string().min(1).max(20_000) });
type Ticket = z.infer<typeof Ticket>;

/** Sorts a customer's message into one of the desk's intents and answers it from the knowledge base. */
export function supportTriage(intents: readonly string[]): Loop {
  const Triage = z.object({
    intent: z.enum(intents as [string, ...string[]]),
    confidence: z.number().min(0).max(1),
    reply: z.string().min(1).max(5000),
  });
  type Triage = z.infer<typeof Triage>;
  const reader = secondReader(intents);
  return defineLoop<Ticket, Triage>({
    name: 'supportTriage',
    input: Ticket,
    output: Triage,
    dedupe: (ticket) => ticket.id,
    stages: {
      main: {
        context: [lessons({ limit: 12 }), documents('kb')],
        generate: model({
          decision: {
            labels: intents,
            text: (ticket) => ticket.text,
            label: (triage) => triage.intent,
            complete: ({ label, confidence, parts }) => ({
              intent: label,
              confidence,
              reply: replyFrom(
                answering(
                  label,
                  parts.map((part) => parseArticle(part.title ?? '', part.text)),
                ),
              ),
            }),
          },
        }),
        verify: [
          check('second-reader', (triage, ticket, evidence) => reader(triage.intent, ticket.text, evidence), {
            opinion: true,
          }),
          check('quotes-its-article', async (triage, _ticket, evidence) => {
            const article = answering(triage.intent, await articlesOf(evidence));
            const quoted = triage.reply.includes(article.sentence);
            const verb = quoted ? 'quotes' : 'does not quote';
            return {
              verdict: quoted ? 'pass' : 'fail',
              evidence: `the reply ${verb} ${article.name}: "${article.sentence}"`,
            };
          }),
        ],
      },
    },
    act: {
      label: {
        repeatable: true,
        run: (triage, { input, idempotencyKey, outbox }) =>
          outbox.put('labels', idempotencyKey, { ticket: input.id, intent: triage.intent, reply: triage.reply }),
      },
    },
  });
}

/** Another reader than any generator: naive Bayes over hashed n-grams, calibrated on its own. Its no asks a human. */
function secondReader(intents: readonly string[]) {
  const reader = new SecondReader(intents.map((label) => ({ label, text: labelWords(label) })));
  return (intent: string, text: string, evidence: Evidence) => {
    const examples = evidence.examples.map(({ id, input, output, predicted }) => ({
      id,
      text: (input as Ticket).text,
      label: (output as { intent: string }).intent,
      predicted: (predicted as { intent?: string } | undefined)?.intent,
    }));
    reader.learnAll(examples, evidence.watermark);
    const { agrees, because } = reader.secondOpinion(text, intent, evidence.watermark);
    return { verdict: agrees ? ('pass' as const) : ('fail' as const), evidence: because };
  };
}

async function articlesOf(evidence: Evidence): Promise<Article[]> {
  const files = await evidence.documents('kb');
  return files.map((file) => parseArticle(file.name, file.text));
}

function answering(intent: string, articles: readonly Article[]): Article {
  const article = articleFor(
    intent,
    articles.filter(({ sentence, title }) => sentence !== '' && title !== ''),
  );
  if (article === undefined) throw new Error('the knowledge base (loops/supportTriage/kb) has no article');
  return article;
}
