import { wordList } from './word-list.js';

/** Syllables that compose into names of one look; every list may be joined with every next one. */
export interface NameFlavour {
  readonly given: readonly [starts: readonly string[], ends: readonly string[]];
  readonly surname: readonly [starts: readonly string[], middles: readonly string[], ends: readonly string[]];
  readonly town: readonly [starts: readonly string[], ends: readonly string[]];
  /** Words between given name and surname, mostly none. */
  readonly particles: readonly string[];
}

function flavour(parts: {
  given: [string, string];
  surname: [string, string, string];
  town: [string, string];
  particles?: readonly string[];
}): NameFlavour {
  const [givenStarts, givenEnds] = parts.given.map(wordList) as [string[], string[]];
  const [starts, middles, ends] = parts.surname.map(wordList) as [string[], string[], string[]];
  const [townStarts, townEnds] = parts.town.map(wordList) as [string[], string[]];
  return {
    given: [givenStarts, givenEnds],
    surname: [starts, middles, ends],
    town: [townStarts, townEnds],
    particles: parts.particles ?? [],
  };
}

/** Names composed of these look Slavic, Romance, Nordic, Asian, Anglo or Germanic, and are nobody's. */
export const nameFlavours: readonly NameFlavour[] = [
  flavour({
    given: [
      'Bor Mil Stan Zor Drag Vel Rad Jar Lud Kaz Oles Mir Vlad Tom Zden Svet Dob Lub Ost Bran',
      'islav omir ek ko ena ana inka ja usz oš an ica ora ilo eta yna',
    ],
    surname: [
      'Kov Nov Vast Horv Petr Zel Mark Dub Krav Sok Bal Mor Pav Rud Hlad Čer Šim Jur Wol Grab Lis Tych',
      'al an ar en il ov ul et in or ec',
      'ik ić ov sky ski enko ák ný ova ská czyk uk iak',
    ],
    town: [
      'Vel Star Nov Brezl Kost Gor Dol Kam Lip Ostr Zab Trnk Rog Hrad Pod Vyš Jas Slat',
      'inec ograd ovice any ava ice ovka ovo enik ište ník ów',
    ],
  }),
  flavour({
    given: [
      'Mar Ald Ben Car Dom Ern Fab Gius Ign Jul Leon Mat Oct Rem Sever Tad Val Éti Clo Raf Lor',
      'ino ella etta ardo ienne elle inho aldo ia eo ón ette iano ora ucio',
    ],
    surname: [
      'Bel Cast Dur Font Gal Lam Mont Ner Ort Pal Quin Rom Sal Tor Vald Bour Carr Mour Ferr Ágr Serr',
      'a e i o ane ira eri and ell amb iss',
      'lli rez ti no ville eau mont des ão nez gni rro lho ssard cci',
    ],
    town: [
      'Mont Cast Val Fuen Roc Bel Sant Vill Pont Font Ac Camp Tor Mir Ribe',
      'ebrosa elrío amare igny illac ossa anzo elloro uévar elmonte iscal ondeira avelle',
    ],
    particles: ['de', 'da', 'di', 'de la', 'del', 'dos'],
  }),
  flavour({
    given: [
      'Thor Sig Ast Ing Hal Ey Gunn Tor Alv Bjar Ran Sol Åsm Dag Frid Oddm Ulf Ragn Øyv Liv',
      'rid mund ny var hild ar ne stein undur e geir dis a vald unn',
    ],
    surname: [
      'Lind Berg Hol Sand Fjeld Vik Nord Øst Strøm Hag Lund Åk Eng Skog Dal Myr Hav Bryn Kalv Rønn',
      'e er en a et ing ol um',
      'gren sson strand dottir sen rud stad qvist land mark vik heim',
    ],
    town: [
      'Vest Skar Hamm Fjør Lang Tun Ravn Hell Sund Grim Øver Stor Kvis Elg Snar',
      'rand vik havn nes dal heim fors by sund ås bekk torp lia eidet',
    ],
    particles: ['af', 'av'],
  }),
  flavour({
    given: [
      'Hi Ka Mi Shu Ta Yo Li Wei Xiu Min Suk Ra Pra San An Bao Thu Jin Ke Nar',
      'roki suo nako jie ning hwan vit deep ika ling phong ren yun jit mala zuko taka',
    ],
    surname: [
      'Tana Mori Hoshi Kiri Yana Zhu Qian Par Chau Ngo Vora Suma Bhat Ishi Oka Duon Rang Fuji Seon Tak',
      'ka mo na ra shi ta wa ji su ne',
      'moto gawa yama han ri da pta no bara zaki wan kar nath shima',
    ],
    town: [
      'Kami Shira Oto Zhen Huai Long Pha Nam Kur Mani Tali Banda Sura Jin Wa',
      'gahara nomiya zhou lin pura tala nagar cheng saki bong lung kota dao yang',
    ],
  }),
  flavour({
    given: [
      'Al Ed Har Wil Per Rod Win Cla Mau Gwen Hes Tobi Mer Ros Ans Lav Bert Dun Ains Mor',
      'fred ric win bert ence dolyn ley vyn ina bury ster ette ald wyn ton',
    ],
    surname: [
      'Ash Black Cran Dun Elm Fair Gar Hol Kim Lang Mar Nor Pem Rad Stan Thorn Under Wad Whit Pol Tre Mac',
      'ber bur der ing ker le mer ring sel ter vel wen',
      'ton ley worth field ham more stone croft by well wick ford shaw',
    ],
    town: [
      'Ather Brack Colder Dray Eccle Frith Gris Hather Kel Long Mar Nether Ock Pad Quar Ruther Stour Thrap',
      'combe wick bury stead ford ley holme bridge thorpe minster mouth dale stow cester',
    ],
  }),
  flavour({
    given: [
      'Ger Hein Wolf Lud Ans Die Fried Kon Ott Sieg Adel Bri Greg Hann Lies Mech Wil Rein',
      'hard rich gang wig elm ter hild mar gitte a trud bert lind elore',
    ],
    surname: [
      'Bach Eich Falk Grün Hohl Kess Lang Mühl Neu Ober Pfann Roth Schön Steig Traut Vog Win Zieg',
      'el en er in ol ach e',
      'mann berger hofer stein dorf bach hauer meier ler thal wald brecht',
    ],
    town: [
      'Alten Birken Eber Felden Grün Hirsch Kalten Linden Mühl Ober Rot Stein Unter Wald Ziegen',
      'furt bach hausen kirchen tal berg hofen au weiler brunn stedt horst see',
    ],
    particles: ['von', 'van der', 'zu', 'ter'],
  }),
];

/** Parts of Latin-looking names of species. */
export const latinParts = {
  genus: [
    wordList(
      'Acro Bary Calli Den Eu Fla Gly Hespe Lepto Macro Nemo Oxy Pachy Rhodo Steno Tricho Xantho Zygo',
    ),
    wordList('chaeta cera phora stoma spermum derma ptera carpus gaster nema thrix morpha lopha delphis'),
  ],
  species: [
    wordList('alb brev can den elon flav grac hirs lat macul nigr obscur pall rubr spin tenu vari vill'),
    wordList('icola ipes ata osa escens iformis ellus ensis ula icornis iflora ispina otus'),
  ],
} as const;

/** Syllables of words in no known language, with diacritics. */
export const foreignSyllables: readonly string[] =
  wordList(`šra lý ñe ôr tâ zhü kæ ðin łów ęk ışa ğur ūm ēr vå
  skø ño çal šče rün tő lé ját pêr ngò hữ mạ ké dzi ráž ven tal ko ri mu san be lor ich ta ne wi ghu lla que`);
