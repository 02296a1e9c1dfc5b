/**
 * How queries are filtered and scored and which edits are live; rows, map and gate belong to the method.
 *
 * `paper`: the authors' reference, each edit against its own scope alone. `strict`: every edit of the suite live at
 * once.
 */
export type Protocol = 'paper' | 'strict';
