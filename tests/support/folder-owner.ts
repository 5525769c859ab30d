import { ownFolder } from '../../worker/own-folder.ts';

/** Owns a data folder until it is ended: what `up` and `worker` do before there is a Temporal server. */
const [data = ''] = process.argv.slice(2);
const report = (text: string): void => void process.stderr.write(`${text}\n`);
const folder = await ownFolder({ env: process.env, data, report });
process.stdout.write(`${folder.gateway.url}\n`);
process.once('SIGTERM', () => void folder.close());
