import { wordList } from './word-list.js';

/** Countable nouns by what they name, singular; {@link massNouns} have no plural. */
export const nouns = {
  thing: wordList(`table chair lamp kettle ladder bucket basket blanket mirror candle drawer cupboard carpet
    curtain pillow teapot saucer jug bowl spoon fork pan oven stove broom mop sponge towel brush comb needle
    button buckle pocket hammer nail screw chisel saw wrench rope chain hook pulley lever wheel axle gear spring
    valve pipe pump tank barrel crate sack parcel envelope stamp notebook pencil eraser ruler folder calendar clock
    compass telescope lantern torch battery cable switch socket fuse antenna camera lens tripod suitcase umbrella
    wallet purse key lock hinge doorbell shovel rake wheelbarrow hose tent hammock paddle anchor sail mast rudder
    net trap cage saddle harness plough anvil kiln loom spindle quilt mattress bench stool shelf/shelves cabinet wardrobe
    vase frame tray jar bottle cork flask kite puzzle counter token coin medal badge banner flag statue plaque
    engine boiler turbine generator radiator thermometer barometer scale magnet mould stencil ticket bracket bolt
    brick tile plank beam rafter chimney gutter fence gate railing doorstep staircase window balcony`),
  garment:
    wordList(`coat jacket scarf/scarves mitten hat cap boot sandal slipper shirt sweater apron belt ribbon collar
    sleeve cloak uniform waistcoat raincoat`),
  building:
    wordList(`bridge tower mill barn castle library museum theatre warehouse factory workshop lighthouse
    station tunnel dam canal reservoir market bakery pharmacy hospital courthouse barracks/barracks fortress windmill cottage
    farmhouse villa hotel inn tavern stable garage greenhouse laboratory observatory studio gallery arcade stadium
    courtyard granary brewery foundry quarry shipyard depot terminal pavilion town_hall post_office customs_house
    boathouse ferry_landing signal_box water_tower sawmill`),
  landform: wordList(`lake valley hill ridge cliff cave meadow forest swamp marsh glacier peninsula beach dune
    reef lagoon waterfall stream pond plateau canyon crater desert prairie moor orchard vineyard headland estuary
    gorge spur hollow island pasture`),
  animal: wordList(`fox badger hare squirrel hedgehog mole owl hawk heron stork swan goose/geese duck sparrow
    swallow magpie beetle moth butterfly wasp bee ant spider snail frog toad newt lizard turtle trout/trout eel carp/carp goat
    donkey horse pony calf/calves lamb rabbit otter beaver weasel bat gull tern plover finch wren thrush crab shrimp
    mussel starfish/starfish jellyfish/jellyfish grasshopper cricket dragonfly earthworm mouse/mice shrew`),
  plant:
    wordList(`oak birch maple willow pine spruce fern thistle daisy tulip lily poppy hawthorn juniper alder
    hazel sedge reed orchid shrub climber seedling toadstool mushroom bramble creeper`),
  dish: wordList(`soup stew pie cake biscuit pancake dumpling omelette pudding salad sandwich tart loaf/loaves bun
    casserole pickle sausage custard pastry broth`),
  document: wordList(`letter report map diary poem novel pamphlet manuscript catalogue chart photograph
    postcard telegram memo petition timetable inventory receipt invoice dictionary atlas almanac brochure certificate
    ledger newsletter questionnaire leaflet`),
  matter: wordList(`plan idea theory rumour promise argument agreement dispute proposal reform treaty campaign
    budget tax rule permit licence contract debt loan problem question answer method habit mistake secret excuse
    reason result warning delay decision vote appeal complaint request error pattern rhythm custom tradition skill
    award prize fine fee wage pension discount bargain surprise`),
  event: wordList(`festival parade fair exhibition concert conference ceremony flood storm fire strike siege
    expedition voyage drought blizzard eclipse landslide census auction trial reunion picnic banquet rehearsal
    workshop lecture meeting opening closure renovation merger inspection tournament relay regatta`),
  group: wordList(`committee council regiment crew team board jury commission society association league union
    cooperative delegation panel ministry department garrison squadron parish_council
    working_group family class audience crowd`),
  vehicle: wordList(`train tram bus lorry van carriage cart sledge bicycle tractor barge ferry schooner cutter
    steamer tugboat freighter canoe raft locomotive wagon trolley minibus trawler`),
  part: wordList(`wing tail leaf/leaves stem root petal shell claw feather beak fin scale antler hoof/hooves
    branch trunk bud seed corner edge surface roof floor ceiling wall cellar attic kitchen hallway porch garden
    entrance lid handle rim base tip`),
  role: wordList(`farmer teacher carpenter baker tailor engineer surveyor clerk nurse lawyer merchant printer
    miller blacksmith potter weaver librarian gardener porter captain sergeant colonel mayor treasurer secretary
    chairman deputy inspector magistrate witness apprentice student pupil tenant landlord shepherd hunter fisherman/fishermen
    driver conductor mechanic plumber electrician chemist geologist botanist archivist curator translator editor
    reporter historian neighbour cousin uncle aunt nephew niece grandmother grandfather stranger passenger tourist
    volunteer veteran widow orphan twin guest cook waiter barber courier postman/postmen scout umpire referee
    coach trainer amateur`),
} as const;

/** Uncountable foods. */
export const foodNouns: readonly string[] =
  wordList(`salt flour sugar butter cheese cream honey jam rice barley oatmeal
  pepper vinegar mustard cinnamon water bread milk oil garlic parsley dill nutmeg syrup lard gravy spinach cabbage
  celery rhubarb horseradish semolina yeast cocoa`);

/** Uncountable nouns: foods, materials and conditions. */
export const massNouns: readonly string[] = [
  ...foodNouns,
  ...wordList(`copper tin zinc glass clay sand gravel timber granite marble limestone wool linen cotton leather paper
    rubber wax resin coal steam smoke dust mud snow ice fog rain hail frost electricity petrol paint ink glue cardboard
    plaster concrete slate chalk straw hay firewood furniture luggage traffic patience courage laughter silence sleep
    advice progress research evidence equipment machinery pottery`),
];

/** Months of the year. */
export const months: readonly string[] = wordList(
  'January February March April May June July August September October November December',
);

/** Days of the week. */
export const weekdays: readonly string[] = wordList(
  'Monday Tuesday Wednesday Thursday Friday Saturday Sunday',
);

/** Units by what they measure, as written after a number above one. */
export const units = {
  length: wordList('kilometres metres centimetres millimetres miles yards feet inches steps km m cm mm ft'),
  weight: wordList('kilograms grams tonnes pounds ounces kg g t lb'),
  volume: wordList('litres gallons cups barrels mL L'),
  area: wordList('hectares acres square_kilometres square_miles ha km²'),
  duration: wordList('hours minutes seconds days weeks months years'),
  other: wordList('degrees volts watts kilowatts pages mph km/h rpm kHz °C'),
} as const;
