/**
 * Words of a viewer that a line may pick up. A list of what is allowed, because a list of what is not can
 * never be complete: the stand-in must not be made to say a slur.
 */
const TOPICS: ReadonlySet<string> = new Set(
  `adventure airplane aliens america animals anime apples art autumn avocado bacon bagels baking balloons bananas baguette
  banjo baseball basketball batteries beaches bears beer bees bicycle birds biscuits blueberries boats bonfires books boss bosses
  bread breakfast bridges broccoli bubbles bugs building burgers butter butterflies cabbage cactus cake camping candles candy
  cannons cards carrots cars castles cats cat chair cheese cheesecake chemistry cherries chess chicken chocolate christmas cinema
  clones cloning clouds coding coffee comedy comics controller cookies cooking cows crabs crafting croissants cupcakes cycling
  dancing darts deadlines desk dessert dinner dinosaurs dna dogs dog dolphins donuts dragons drawing dreams drums ducks dungeon dungeons
  eagles eggs elephants england evolution fashion fireworks fishing flags flowers flying football forests foxes france freedom
  friday friends frogs fruit games game gaming garden gardening garlic genes genetics ghosts glue goats gold golf grapes guitar gymnastics hats
  headset hedgehogs hiking history hockey holidays honey horses icecream internet jazz jelly jungle karaoke keyboard kittens
  knights lag lanterns lasers lemons levels library lightning lions literature llamas lunch maps mathematics maths metal mice microphone
  minecraft mint monday money monkeys moon mornings mountains mouse movies mud muffins mushrooms music muskets mustard nature noodles
  nuggets ocean octopus olives onions opera oranges orchestra otters owls painting pancakes pandas parade parks parrots pasta peanuts
  pears penguins philosophy physics piano pickles pie pigeons pigs pineapple pirates pizza planets plants poetry popcorn potatoes
  pretzels programming pudding pumpkins puppies puzzles rabbits rain rainbows ravioli recipe recipes rivers roads robots rockets
  running sailing salad salmon sandwiches sandwich sausages science seagulls sharks sheep ships shoes skating skiing sleep snacks
  snails snakes snow soap soccer socks soup space spaceships spaghetti speedrun speedruns spiders spoons spring squirrels stars stickers
  sticks strategy stream streaming summer sun sunday sunshine sushi swimming tacos taxes tea teapots tennis theatre
  thunder tigers time toast tomatoes trains travel treasure trees tuesday turtles unicorns vanilla vegetables video violin volcano volcanoes
  waffles war water weather weekend whales wind wine winter wizards wolves yoga yogurt zebras zombies`.split(
    /\s+/,
  ),
)

/** The first word of `text` that is harmless to repeat, in lower case; `undefined` where there is none. */
export function toTopic(text: string): string | undefined {
  for (const [word] of text.toLowerCase().matchAll(/(?<![\p{L}\p{N}_@])[a-z]{2,14}(?![\p{L}\p{N}_@])/gu)) {
    if (TOPICS.has(word)) return word
    if (TOPICS.has(`${word}s`)) return `${word}s`
  }
  return undefined
}
