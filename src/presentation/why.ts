import type { Blocker, WhyDocument } from '../api/why.ts';
import { oneLine } from './escape.ts';
import { resumeHint } from './notice.ts';
import { rollbackLines, takenBackLines } from './rollback.ts';
import { standing } from './standing.ts';
import { statusStyle } from './style.ts';
import type { Style } from './style.ts';
import { timeText } from './time.ts';

/** The document, with what people read of it: what `--json` prints. */
export const whyJson = (why: WhyDocument) => ({ ...why, sentence: whySentence(why), hints: hintsOf(why) });

/** One sentence, the chain below it, and what to do. */
export function whyText(why: WhyDocument, style: Style): string {
  const lines = [`${whySentence(why)}${saysItself(why) ? '' : ` ${inBrackets(why.status, style)}`}`];
  if (why.blockers.length > 1) lines.push(...why.blockers.map((link) => chainLine(why, link, style)));
  if (why.truncated) lines.push('  … and more of the same');
  return `${[...lines, ...hintsOf(why).map((hint) => `${style.cyan('→')} ${hint}`)].join('\n')}\n`;
}

/** Who has what a run waits for: `undefined` where nobody else has anything to do with it. */
export function heldUpText(why: WhyDocument): string | undefined {
  const link = why.blockers.find(({ kind }) => HELD.has(kind));
  if (link === undefined) return undefined;
  const { workflow_id: by } = link.holders?.[0] ?? link;
  const more = by === why.workflow_id ? [] : [`What that one does: provisioning workflow status ${by}`];
  return [`${oneLine(link.blocks ?? why.name)} ${phrase(link, why)}.`, ...more].join('\n');
}

const HELD: ReadonlySet<Blocker['kind']> = new Set(['disk', 'mutex', 'resource', 'slot', 'pool', 'rate']);

const inBrackets = (status: WhyDocument['status'], style: Style): string =>
  `${style.dim('(')}${statusStyle(status, style)(status)}${style.dim(')')}`;

/** Whether the sentence has the word for how it stands already. */
const saysItself = (why: WhyDocument): boolean => new RegExp(`\\b${why.status}\\b`).test(predicateOf(why));

/** From what was asked about to the first root. */
const whySentence = (why: WhyDocument): string =>
  `${why.task === null ? `Run ${oneLine(why.name)}` : oneLine(why.task)} ${predicateOf(why)}.`;

function predicateOf(why: WhyDocument): string {
  const [first] = why.blockers;
  if (first === undefined) return standing(why.status);
  const isAbout = first.blocks === (why.task ?? undefined);
  const said = isAbout ? phrase(first, why) : `waits: ${oneLine(first.blocks ?? '')} ${phrase(first, why)}`;
  const opening =
    why.task === null && !isAbout && isEnd(why) ? said.replace('waits: ', `${standing(why.status)}: `) : said;
  return `${opening}${rest(why, first)}${ofHowMany(why)}`;
}

/** Of a task, what follows is the chain that the sentence goes along; a run may have several reasons. */
function ofHowMany({ task, blockers, truncated }: WhyDocument): string {
  if (task !== null || blockers.length === 1) return '';
  return `; that is the first of ${truncated ? 'more than ' : ''}${blockers.length} reasons`;
}

const isEnd = ({ status }: WhyDocument): boolean => ['failed', 'unknown', 'cancelled'].includes(status);

/** `, which waits for …`, for as long as a link leads to a task. */
function rest(why: WhyDocument, first: Blocker): string {
  let text = '';
  let link: Blocker | undefined = first;
  while (link?.kind === 'dependency' || link?.kind === 'skipped') {
    const { task }: Blocker = link;
    link = why.blockers.find(({ blocks }) => blocks === task);
    if (link !== undefined) text += `, which ${phrase(link, why)}`;
  }
  return text;
}

function chainLine(why: WhyDocument, link: Blocker, style: Style): string {
  const subject = link.blocks === undefined ? 'the run' : oneLine(link.blocks);
  return `  ${subject} ${phrase(link, why)} ${style.dim(`[${link.status}]`)}`;
}

/** A predicate. */
function phrase(link: Blocker, why: WhyDocument): string {
  const reason = link.message === undefined ? '' : `: ${oneLine(link.message)}`;
  const since = link.since === undefined ? '' : ` since ${timeText(link.since)}`;
  switch (link.kind) {
    case 'dependency':
      return `waits for ${oneLine(link.task ?? '')}`;
    case 'running':
      return why.attended ? `runs${since}` : `was running${since} when somebody last looked`;
    case 'disk':
      return `waits for room: the disk of the state folder ${oneLine(link.name ?? '')} is full`;
    case 'slot':
      return `waits for a slot: all ${link.limit ?? 0} are in use${byWhom(link, why)}`;
    case 'parallel_limit':
      return `waits for its turn: the run's parallel_limit of ${link.limit ?? 0} is reached`;
    case 'pool':
      return `waits for the pool ${oneLine(link.name ?? '')}: all ${link.limit ?? 0} places are taken${byWhom(link, why)}`;
    case 'rate':
      return `waits for the rate of the pool ${oneLine(link.name ?? '')}${until(link)}`;
    case 'resource':
    case 'mutex':
      return `waits for the ${link.kind} ${oneLine(link.name ?? '')}, held by ${holder(link, why)}${asProcess(link)}${since}`;
    case 'child':
      return `waits for its child run ${link.workflow_id}`;
    case 'retry':
      return `failed and is tried again${until(link)}${reason}`;
    case 'ready':
      return `is ready and starts at the next opportunity${reason}`;
    default:
      return `${ofStates(link.kind, link)}${since}${reason}`;
  }
}

type StateKind = Exclude<
  Blocker['kind'],
  | 'dependency'
  | 'running'
  | 'disk'
  | 'slot'
  | 'parallel_limit'
  | 'pool'
  | 'rate'
  | 'resource'
  | 'mutex'
  | 'child'
  | 'retry'
  | 'ready'
>;

function ofStates(kind: StateKind, link: Blocker): string {
  const task = oneLine(link.task ?? '');
  const texts: Readonly<Record<StateKind, string>> = {
    queued: 'has not started yet',
    paused: 'is held back because the run is paused',
    cancelling: 'is about to end because the run is being cancelled',
    unattended: 'gets no attention: the process that executed the run is gone',
    unknown: 'ended, but nobody knows how',
    failed: 'failed',
    skipped: `was skipped because ${link.status === 'completed' ? `${task} did not fail` : `of ${task}`}`,
    cancelled: 'was cancelled',
    ended: 'was not done before the run ended',
  };
  return texts[kind];
}

const until = ({ until: time }: Blocker): string => (time === undefined ? '' : ` at ${timeText(time)}`);

/** `, by task a of run R since 12:00:00`; of several who has been there for longest. */
function byWhom({ holders = [], limit = 0 }: Blocker, why: WhyDocument): string {
  const [first] = holders;
  if (first === undefined) return '';
  const since = first.since === undefined ? '' : ` since ${timeText(first.since)}`;
  return `, ${limit > 1 ? 'for longest ' : ''}by ${holder(first, why)}${asProcess(first)}${since}`;
}

const asProcess = ({ pid }: Pick<Blocker, 'pid'>): string => (pid === undefined ? '' : ` (pid ${pid})`);

function holder(
  { task = '', workflow_id, attended }: Pick<Blocker, 'task' | 'workflow_id' | 'attended'>,
  why: WhyDocument,
): string {
  const where = workflow_id === why.workflow_id ? 'of this run' : `of run ${workflow_id}`;
  return `task ${oneLine(task)} ${where}${attended === false ? ' (whose process is gone)' : ''}`;
}

/** What the reader can do, each said once. */
function hintsOf({ workflow_id: id, blockers, ...why }: WhyDocument): readonly string[] {
  const isTakenBack = why.rolled_back_by !== undefined;
  const hints = blockers.flatMap(({ kind, task = '', attended, blocks = '', workflow_id, wants }) => {
    if (kind === 'disk') return [MAKE_ROOM];
    if (kind === 'child') return [`What that one waits for: provisioning workflow why ${workflow_id}`];
    if (kind === 'unknown')
      return [`Look what exists, then say it: provisioning workflow resolve ${id} ${task} --as completed|failed|retry`];
    if (kind === 'paused') return [resumeHint(id, wants)];
    if (kind === 'unattended' || attended === false) return ['To go on: provisioning orchestrator start'];
    if (kind === 'failed')
      return [
        `Its output: provisioning workflow logs ${id} ${task}`,
        ...(isTakenBack ? [] : [`Once the cause is gone: provisioning workflow retry ${id}`]),
      ];
    if (kind === 'cancelled') return [`To do it after all: provisioning workflow retry ${id}`];
    return kind === 'running' ? [`Its output: provisioning workflow logs ${id} ${blocks}`] : [];
  });
  const own = why.task === null ? rollbackLines(why) : takenBackLines(why);
  return [...[...new Set(hints)].slice(0, SHOWN_HINTS).map((hint) => oneLine(hint)), ...own];
}

const MAKE_ROOM = 'Make room there, and it goes on by itself; what is in the way: provisioning orchestrator doctor';

const SHOWN_HINTS = 5;
