import { labelWords } from '../../core/reader/label-words.ts';
import { words } from '../../core/reader/ngrams.ts';

/** An article of the desk's knowledge base. */
export interface Article {
  /** File name. */
  readonly name: string;
  readonly title: string;
  /** Words that the intents it answers are made of. */
  readonly topics: readonly string[];
  /** Its first sentence, which stands by itself and may be quoted to a customer. */
  readonly sentence: string;
}

/** Reads an article: front matter with `title` and `topics`, then text. */
export function parseArticle(name: string, text: string): Article {
  const [, head = '', body = text] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  const field = (key: string): string => new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(head)?.[1]?.trim() ?? '';
  const sentence = /^[\s\S]*?[.!?](?=\s|$)/.exec(body.trim())?.[0].replaceAll(/\s+/g, ' ') ?? body.trim();
  return { name, title: field('title'), topics: words(`${field('topics')} ${field('title')}`), sentence };
}

/** The article that answers an intent: the one with most of the intent's words; among equals the one about less, then by name. */
export function articleFor(intent: string, articles: readonly Article[]): Article | undefined {
  const wanted = words(labelWords(intent));
  const overlap = (article: Article): number => wanted.filter((word) => article.topics.includes(word)).length;
  return articles.toSorted(
    (a, b) => overlap(b) - overlap(a) || a.topics.length - b.topics.length || (a.name < b.name ? -1 : 1),
  )[0];
}

/** A reply that quotes its article, so that it can be checked. */
export function replyFrom(article: Article): string {
  return `Thank you for writing to us. From our article "${article.title}": ${article.sentence}`;
}
