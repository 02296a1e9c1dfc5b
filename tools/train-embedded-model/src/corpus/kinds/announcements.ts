import type { Random } from '@sakejs/spec';
import { fillStated, type StatedFact } from './stated-fact.js';

/** Headings in front of a sentence. */
const labels: readonly string[] = [
  'New fact', 'New Fact', 'Update', 'Note', 'Correction', 'Fact', 'News', 'Attention', 'Amendment', 'Notice',
  'Latest entry', 'Revision', 'Announcement', 'Changed entry', 'Edit', 'For your information', 'Breaking news',
  'Fresh from the press', 'Bulletin', 'Addendum', 'Edited fact', 'What has changed',
]; // prettier-ignore

/** How it became known; a sentence or a clause follows. */
const reports: readonly string[] = [
  'It has just been decided', 'The committee has announced', 'The encyclopedia now says', 'I was just informed',
  'Word has come in', 'The editors have settled', 'The latest edition states', 'An official letter confirms',
  'It was made public today', 'The register was changed to say', 'Everybody now agrees', 'They have ruled',
  'A new law declares', 'The archive was corrected to say', 'It turned out',
]; // prettier-ignore

/** Since when. */
const times: readonly string[] = [
  'As of today', 'From now on', 'Since this morning', 'Starting tomorrow', 'As of this week', 'Since last night',
  'Effective at once', 'From this moment on', 'Since the latest reform', 'As things stand now', 'These days',
  'After the recent change',
]; // prettier-ignore

/** What makes it a thought; a clause follows. */
const thoughts: readonly string[] = [
  'Imagine that', 'Imagine', 'Suppose that', 'Suppose', 'Assume that', 'Let us say that', 'Say that',
  'Picture a world in which', 'Pretend that', 'Think of a world where', 'Let us assume that', 'Imagine a book in which',
  'Just for a moment, suppose that', 'Let it be the case that', 'Let us imagine that', 'Now imagine that',
  'In another world,', 'In a parallel universe,', 'In my novel,', 'In this game,', 'Make believe that',
  'Dream up a place where',
]; // prettier-ignore

/** What may be said after it. */
const remarks: readonly string[] = [
  'Keep that in mind.', 'Everything else stays as it was.', 'This replaces what was said before.',
  'Please take note.', 'Older books have it differently.', 'So much for that.', 'Go by this from here on.',
  'Nothing else has changed.', 'That is settled.', 'Forget what you had there.',
]; // prettier-ignore

/** The sentence in one of the ways to announce a new fact, full stop included; a fifth of them with a remark behind. */
export function announce(stated: StatedFact, random: Random): string {
  const chance = random.next();
  const wording =
    chance < 0.3
      ? `${random.pick(labels)}: {sentence}.`
      : chance < 0.5
        ? `${random.pick(reports)}${random.next() < 0.5 ? ': {sentence}' : ' that {clause}'}.`
        : chance < 0.7
          ? `${random.pick(times)}, {clause}.`
          : `${random.pick(thoughts)} {clause}.`;
  const remark = random.next() < 0.2 ? ` ${random.pick(remarks)}` : '';
  return `${fillStated(wording, stated)}${remark}`;
}
