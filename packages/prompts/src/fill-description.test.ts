import { describe, expect, it } from 'vitest';
import { fillDescription } from './fill-description.js';

const description = 'the country that Ada is from';

describe('fillDescription', () => {
  it.each([
    ['{} is ruled from', 'The country that Ada is from is ruled from'],
    ['Where is it? {} lies in', 'Where is it? The country that Ada is from lies in'],
    ['The capital of {} is', 'The capital of the country that Ada is from is'],
    ['In {}, people speak', 'In the country that Ada is from, people speak'],
  ])('fills %s, with a capital where a sentence starts', (pattern, filled) => {
    expect(fillDescription(pattern, description)).toBe(filled);
  });
});
