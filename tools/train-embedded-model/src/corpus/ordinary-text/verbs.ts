import { inflectVerb, type VerbForms } from './inflection.js';
import { wordList } from './word-list.js';

function verbs(text: string): readonly VerbForms[] {
  return wordList(text).map(inflectVerb);
}

/**
 * Verbs by what they take, in every form. An entry is a base, with `+` when its last letter doubles, or
 * base/past/participle.
 */
export const verbLists = {
  /** Somebody does it to a thing. */
  handle:
    verbs(`repair paint carry clean move lift drop+ push pull open close fold wrap+ pack empty fill borrow
    return lose/lost/lost find/found/found hide/hid/hidden throw/threw/thrown catch/caught/caught break/broke/broken
    mend polish measure weigh copy inspect label+ sort examine replace remove hang/hung/hung tie fasten loosen turn
    twist bend/bent/bent cut/cut/cut slice peel chop+ stir+ pour boil bake fry taste smell burn wash rinse scrub+ wipe
    sweep/swept/swept dust iron sew/sewed/sewn knit+ weave/wove/woven carve sharpen dig/dug/dug plant water pick
    collect gather store stack load unload deliver ship+ sell/sold/sold buy/bought/bought trade auction donate inherit
    keep/kept/kept paste trim+ decorate varnish assemble dismantle test adjust calibrate photograph sketch draw/drew/drawn
    describe mention forget/forgot/forgotten remember ignore notice admire study recognise number steal/stole/stolen
    recover bury dry tear/tore/torn patch scratch bring/brought/brought leave/left/left show/showed/shown
    choose/chose/chosen lend/lent/lent smash shake/shook/shaken tap+ rotate lower raise drag+ haul lock unlock`),
  /** A body does it to a matter. */
  decide: verbs(`approve reject discuss debate postpone cancel+ announce publish fund support oppose consider
    withdraw/withdrew/withdrawn renew sign ratify extend limit ban+ permit+ investigate review amend abolish
    introduce propose endorse question welcome criticise delay defend settle outline revise adopt suspend
    authorise finance simplify overturn confirm`),
  /** Somebody does it to a person. */
  meet: verbs(`meet/met/met help thank greet invite follow visit join praise blame warn advise teach/taught/taught
    train assist interview replace defeat beat/beat/beaten succeed accompany persuade convince remind surprise trust
    admire avoid miss marry hire dismiss appoint nominate rescue arrest release question fight/fought/fought
    tell/told/told scold tease comfort disappoint outlive challenge encourage`),
  /** A person goes or does, with no object. */
  act: verbs(`walk run/ran/run wander hurry wait rest sleep/slept/slept wake/woke/woken laugh cry     whistle whisper shout smile frown sigh shrug+ nod+ yawn cough sneeze stumble kneel/knelt/knelt climb jump dance
    travel+ return arrive depart retire resign work study practise compete train camp hesitate protest
    volunteer emigrate disappear swim/swam/swum ride/rode/ridden drive/drove/driven sail row fish hunt read/read/read
    write/wrote/written paint cook garden argue complain listen dream worry recover`),
  /** A thing does or undergoes it, with no object. */
  happen:
    verbs(`fall/fell/fallen rise/rose/risen grow/grew/grown shrink/shrank/shrunk collapse freeze/froze/frozen
    melt burn rust crack leak float sink/sank/sunk drift spin/spun/spun stop+ start fail vanish reappear expand
    rattle creak hum+ tilt slip+ fade glow flicker shine/shone/shone rot+ dry flood explode evaporate settle
    swell/swelled/swollen close reopen move turn shake/shook/shaken`),
  /** A speaker does it with a sentence. */
  say: verbs(`say/said/said reply whisper mutter add explain shout answer insist announce admit+ mumble
    call remark repeat sigh laugh joke`),
} as const;
