import { mistakeLine } from '../../contract/mistake.ts';
import { openAlerts } from '../../store/inspect.ts';
import { readNotifyFile } from '../notify/notify-file.ts';
import { openChannels } from '../notify/open-channels.ts';
import { ok, skipped, type Check, type DoctorSettings, type Finding } from './check.ts';

/** Whether `notify.yaml` says what it may, its secrets are set, and its channels take what they are sent. */
export function notifyCheck(settings: DoctorSettings): Check {
  return { name: 'notify.yaml', run: () => look(settings) };
}

async function look({ env, data }: DoctorSettings): Promise<Finding> {
  const read = await readNotifyFile(env);
  const { file, value, mistakes } = read;
  if (mistakes.length > 0)
    return {
      kind: 'fail',
      saw: mistakes.map(mistakeLine).join('\n'),
      fix: 'mend the file at those places, then restart the worker',
    };
  if (value === undefined) return skipped(`no ${file}: nobody is told what waits for them`);
  try {
    openChannels(read, { env });
  } catch (error) {
    return { kind: 'fail', saw: (error as Error).message, fix: 'set the variable, or take the channel out' };
  }
  const silent = openAlerts(data).filter(({ kind }) => kind === 'notify');
  const list = 'loopwright notify list --state failed';
  if (silent.length > 0)
    return { kind: 'fail', saw: silent.map(({ text }) => text).join('\n'), fix: `see why: ${list}`, command: list };
  const names = value.channels.map(({ name }) => name).join(', ');
  const near =
    (env['LOOPWRIGHT_ORIGIN'] ?? '') === '' ? '; links lead to this machine, as LOOPWRIGHT_ORIGIN is not set' : '';
  return ok(`${file}: ${names}, with their secrets${near}`);
}
