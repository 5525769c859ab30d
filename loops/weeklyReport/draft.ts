import type { Figures } from './collect.ts';

/** The report by template: what route `local` writes, where no model is configured. */
export function draft({ title, figures }: Figures): string {
  const sections = [...new Set(figures.map(({ section }) => section))].map((section) => {
    const lines = figures.filter((figure) => figure.section === section);
    return [`## ${section}`, '', ...lines.map(({ label, value }) => `- ${label}: ${value}`)].join('\n');
  });
  return [
    `# Report on the loops, ${title}`,
    'About the runs that closed in the period, without those of this report itself. Counted from the store.',
    ...sections,
    '',
  ].join('\n\n');
}
