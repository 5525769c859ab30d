import { z } from 'zod';
import { listIn } from './find-json.ts';
import { MAX_LIST_BYTES } from './find-rows.ts';
import type { FinderSource } from './finder-source.ts';
import { originOf, tokenMistakes } from './http.ts';
import type { SourceMistake } from './sources.ts';

/** An open issue. */
export interface GithubIssue {
  readonly number: number;
  readonly title: string;
  /** Empty where it has none. */
  readonly body: string;
  readonly url: string;
  readonly labels: readonly string[];
  readonly author: string;
  /** ISO 8601, as is `updatedAt`, which changes with every comment and label. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What `find.githubIssues` is given. */
export interface FindIssuesOptions {
  /** `owner/name`. */
  readonly repo: string;
  /** Only issues that have all of them. */
  readonly labels?: readonly string[];
  /** Name of a variable of the worker's environment with a token that may read the repository's issues. A public one needs none, and is asked 60 times an hour at most. */
  readonly token?: string;
  /** Of GitHub Enterprise: `https://github.example.com/api/v3`. Default `https://api.github.com`. */
  readonly baseUrl?: string;
}

/** As many as GitHub lists at once, and so many times it is asked: 1000 issues (REST API, List repository issues). */
const PAGE = 100;
const PAGES = 10;

const Answer = z
  .object({
    number: z.int(),
    title: z.string(),
    body: z.string().nullish(),
    html_url: z.string(),
    labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])),
    user: z.object({ login: z.string() }).nullish(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform(({ number, title, body, labels, user, ...rest }): GithubIssue => ({
    number,
    title,
    body: body ?? '',
    url: rest.html_url,
    labels: labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
    author: user?.login ?? 'ghost',
    createdAt: rest.created_at,
    updatedAt: rest.updated_at,
  }));

/** Open issues of a repository on GitHub without its pull requests, oldest first. Their key is `owner/name#number`. */
export function findIssues(options: FindIssuesOptions): FinderSource<GithubIssue> {
  const { repo, labels = [], token, baseUrl = 'https://api.github.com' } = options;
  const name = `githubIssues(${repo})`;
  return {
    name,
    mistakes: [...issuesMistakes(repo, labels, baseUrl), ...tokenMistakes(token)],
    key: ({ number }) => `${repo}#${number}`,
    async list({ read }) {
      const issues: unknown[] = [];
      for (let page = 1; page <= PAGES; page += 1) {
        const [part] = await read({
          kind: 'http',
          url: urlOf(baseUrl, repo, labels, page),
          origins: [new URL(baseUrl).origin],
          accept: 'application/vnd.github+json',
          maxBytes: MAX_LIST_BYTES,
          timeoutMs: 20_000,
          reuseForMs: 0,
          ...(token === undefined ? {} : { token }),
        });
        const listed = listIn(part?.text ?? '', '', name);
        // A pull request is listed as an issue too.
        issues.push(...listed.filter((issue) => !Object.hasOwn(issue as object, 'pull_request')));
        if (listed.length < PAGE) return { items: issues };
      }
      return { items: issues, incomplete: `the oldest ${PAGE * PAGES} issues and pull requests` };
    },
    take: (issue) => Answer.parse(issue),
    read: async (issue) => issue,
  };
}

function urlOf(baseUrl: string, repo: string, labels: readonly string[], page: number): string {
  const url = new URL(`${baseUrl.replace(/\/$/, '')}/repos/${repo}/issues`);
  const having = labels.length === 0 ? {} : { labels: labels.join(',') };
  const query = { state: 'open', sort: 'created', direction: 'asc', ...having };
  for (const [field, value] of Object.entries(query)) url.searchParams.set(field, value);
  url.searchParams.set('per_page', String(PAGE));
  url.searchParams.set('page', String(page));
  return url.href;
}

function* issuesMistakes(repo: unknown, labels: unknown, baseUrl: unknown): Generator<SourceMistake, void> {
  if (typeof repo !== 'string' || !/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(repo))
    yield {
      rule: `expected \`repo\` of \`githubIssues()\` to be an owner and a name, got ${JSON.stringify(repo) ?? 'nothing'}`,
      fix: "Write `repo: 'acme/shop'`.",
    };
  if (
    !Array.isArray(labels) ||
    labels.some((label) => typeof label !== 'string' || label === '' || label.includes(','))
  )
    yield {
      rule: `expected \`labels\` of \`githubIssues()\` to be a list of names without commas, got ${JSON.stringify(labels)}`,
      fix: "Write `labels: ['bug', 'needs triage']`, or leave it out.",
    };
  const origin = typeof baseUrl === 'string' && URL.canParse(baseUrl) ? originOf(new URL(baseUrl).origin) : undefined;
  if (origin === undefined)
    yield {
      rule: `expected \`baseUrl\` of \`githubIssues()\` to be the address of an API, got ${JSON.stringify(baseUrl)}`,
      fix: "Write `baseUrl: 'https://github.example.com/api/v3'`, or leave it out.",
    };
}
