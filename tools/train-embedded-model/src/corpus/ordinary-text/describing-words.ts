import { wordList } from './word-list.js';

/** Adjectives that fit things, places and matters. */
export const adjectives: readonly string[] =
  wordList(`old new small large narrow wide tall short long heavy light
  dark bright pale dusty wooden rusty broken empty full dry damp cold warm hot cool clean dirty smooth rough soft
  hard thick thin deep shallow steep flat round square hollow solid sharp blunt loose tight quiet loud slow quick
  early late rare common strange ordinary simple complex cheap costly local regional distant nearby northern southern
  eastern western upper lower outer inner central remote coastal rural urban ancient medieval modern temporary
  permanent annual weekly daily monthly public private official informal formal secret famous unknown popular useful
  useless fragile sturdy plain ornate striped spotted yellow green blue red white black grey brown purple orange
  golden silvery crooked straight curved oval pointed shiny dull faded fresh stale sweet sour bitter salty spicy
  crisp tender ripe raw frozen melted burnt folded torn patched polished painted carved woven knitted stuffed
  abandoned restored ruined unfinished portable foldable spare second-hand handmade antique delicate clumsy
  cautious sudden gradual brief lengthy detailed vague precise accurate partial complete minor major
  principal main secondary additional original final initial recent former future likely unlikely possible certain
  doubtful controversial unanimous successful profitable modest ambitious generous strict
  gentle severe harsh mild windy rainy foggy sunny cloudy stormy snowy humid chilly muddy sandy rocky stony grassy
  wooded swampy fertile barren shady leafy thorny fragrant poisonous edible migratory nocturnal aquatic tame wild
  rectangular transparent waterproof magnetic electric hydraulic mechanical automatic manual tropical seasonal`);

/** Adjectives for a person's mood or manner. */
export const moods: readonly string[] =
  wordList(`happy sad tired hungry thirsty angry nervous calm proud jealous
  lonely cheerful gloomy bored curious anxious relieved grateful confused surprised embarrassed hopeful impatient
  stubborn shy brave polite rude honest lazy busy sleepy restless homesick disappointed delighted puzzled worried
  thoughtful content`);

/** Adverbs of manner, after or before a verb. */
export const adverbs: readonly string[] =
  wordList(`slowly quickly quietly loudly carefully carelessly gently firmly
  suddenly gradually eagerly reluctantly patiently politely bravely neatly badly barely nearly almost briefly
  repeatedly secretly openly gladly sadly calmly nervously cheerfully silently swiftly steadily smoothly roughly
  properly partly completely entirely hastily warmly coldly deliberately accidentally unanimously formally`);

/** Adverbs and phrases of frequency or time that may open a sentence. */
export const openers: readonly string[] = wordList(`However Moreover Eventually Meanwhile Afterwards Initially
  Nevertheless Instead Later Soon_after Before_long In_the_end At_first For_a_time By_then Two_years_later
  The_following_spring That_same_week On_the_other_hand In_addition As_a_result In_general In_practice Since_then
  Until_recently Not_long_ago Every_autumn One_night On_a_clear_day Oddly_enough To_everyone's_relief For_once
  During_the_winter After_the_flood At_the_time In_contrast For_this_reason In_particular Traditionally Officially
  Locally Surprisingly Unfortunately Luckily Apparently Historically`);

/** Phrases of place that may close a sentence. */
export const places: readonly string[] = wordList(`near_the_harbour behind_the_station on_the_north_bank
  across_the_square beside_the_canal under_the_bridge at_the_edge_of_town in_the_upper_valley along_the_old_road
  outside_the_walls in_the_back_room above_the_bakery close_to_the_border on_the_third_floor at_the_crossroads
  between_the_two_lakes down_by_the_mill in_the_west_wing in_front_of_the_town_hall opposite_the_market
  around_the_corner halfway_up_the_hill on_the_far_shore next_to_the_quarry in_the_car_park off_the_coast`);

/** Phrases of time that may close a sentence. */
export const times: readonly string[] = wordList(`every_morning at_noon after_midnight before_dawn last_winter
  next_spring on_weekdays twice_a_year for_several_weeks over_the_summer during_the_night at_the_weekend
  within_a_month from_time_to_time for_the_first_time once_again in_the_meantime a_few_days_later
  without_much_notice until_the_end_of_the_season throughout_the_decade the_day_before_yesterday
  in_late_autumn around_the_turn_of_the_century`);

/** Fields of study and work that no fact table is about as objects of statements here. */
export const fields: readonly string[] =
  wordList(`soil_science bookbinding land_surveying beekeeping shipbuilding
  town_planning glassmaking forestry accounting drainage tidal_studies bird_ringing map-making bridge_design
  textile_dyeing grain_storage public_health road_safety record_keeping stone_masonry fruit_growing archive_work`);
