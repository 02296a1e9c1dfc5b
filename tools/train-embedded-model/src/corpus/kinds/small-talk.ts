import type { Random } from '@sakejs/spec';
import { unrelated } from '../document-kind.js';

/** What one says and the other replies. */
export type Exchange = readonly [said: string, reply: string];

const greetings: readonly string[] = [
  'Hi!', 'Hello there.', 'Good morning.', 'Hey, how are you?', 'Good evening, are you there?', 'Hi, got a minute?',
  'Hello, I have some questions.', 'Nice to meet you.', 'Is anybody there?', 'Greetings!', 'Hi again.',
  'Can I ask you something?', 'Are you ready?', 'Hello, it is me.',
]; // prettier-ignore
const greetingReplies: readonly string[] = [
  'Hello! What can I do for you?', 'Hi, ask away.', 'Good to see you. Go ahead.', 'I am all ears.',
  'Yes, how can I help?', 'Welcome! What is on your mind?', 'Hello, I am glad to help.', 'Sure, go on.',
  'Of course.', 'Here I am.', 'Hi! What would you like to know?', 'At your service.',
]; // prettier-ignore
const thanks: readonly string[] = [
  'Thanks!', 'Thank you.', 'Great, thank you very much.', 'Perfect.', 'That helps a lot.', 'Good to know.', 'Cheers!',
  'I see, thanks.', 'Ah, I had forgotten that.', 'Wonderful, many thanks.', 'Okay, got it.', 'Lovely.', 'Very kind.',
  'Interesting.',
]; // prettier-ignore
const thanksReplies: readonly string[] = [
  'You are welcome.', 'My pleasure.', 'Any time.', 'Glad to help.', 'No problem.', 'Do you have another question?',
  'Happy to hear it.', 'Ask me more if you like.', 'It was nothing.', 'Great! Anything more?', 'Sure.',
  'That is what I am here for.',
]; // prettier-ignore
const listening: readonly string[] = [
  'I see.', 'Is that so?', 'Thanks for telling me.', 'Interesting.', 'How nice.', 'I did not know that.', 'Understood.',
  'That is good to hear.', 'What a story.', 'Right.', 'Oh well.', 'Such is life.',
]; // prettier-ignore

/** A greeting, with its reply. */
export function greet(random: Random): Exchange {
  return [random.pick(greetings), random.pick(greetingReplies)];
}

/** Thanks, or an unrelated remark, with its reply. */
export function chatter(random: Random): Exchange {
  return random.next() < 0.6
    ? [random.pick(thanks), random.pick(thanksReplies)]
    : [unrelated(random), random.pick(listening)];
}
