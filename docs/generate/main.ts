import { mkdir, writeFile } from 'node:fs/promises';
import { pages } from './pages.ts';

const REFERENCE = new URL('../reference/', import.meta.url);

/** Writes the reference. */
await mkdir(REFERENCE, { recursive: true });
for (const [name, text] of Object.entries(pages())) await writeFile(new URL(name, REFERENCE), text);
