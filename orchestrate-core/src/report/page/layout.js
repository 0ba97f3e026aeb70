// Where the steps of a plan stand. The columns are the batches of the plan, so only two things are left to find out: the
// order within a column, by barycenters (Sugiyama, Tagawa, Toda, 1981), and the heights. These are the least squares
// under the distances that have to be kept, which is isotonic regression (pool adjacent violators).

const GAP = 14;
const LANE = 8;

// Puts `columns` of ids in order. An edge that passes a column has a place there as well; edges from one step share theirs.
function arrange(columns, edges, heightOf) {
  const grid = columns.map((ids, column) => ids.map((id) => ({ id, column, height: heightOf(id), before: [], after: [] })));
  const found = new Map(grid.flat().map((place) => [place.id, place]));
  const lanes = new Map();
  const join = (from, to) => {
    if (from.after.includes(to)) return;
    from.after.push(to);
    to.before.push(from);
  };
  const lane = (from, column) => {
    const key = `${from.id}@${column}`;
    if (!lanes.has(key)) {
      const place = { column, height: LANE, before: [], after: [] };
      lanes.set(key, place);
      grid[column].push(place);
    }
    return lanes.get(key);
  };
  const routes = edges.map((edge) => {
    const [from, to] = [found.get(edge.from), found.get(edge.to)];
    const stops = [from];
    for (let column = from.column + 1; column < to.column; column += 1) stops.push(lane(from, column));
    stops.push(to);
    stops.slice(1).forEach((stop, index) => join(stops[index], stop));
    return { edge, stops };
  });
  order(grid);
  level(grid);
  return { found, routes, height: Math.max(0, ...grid.flat().map((place) => place.y + place.height / 2)) };
}

function number(column) {
  column.forEach((place, index) => { place.index = index; });
}

function order(grid) {
  grid.forEach(number);
  let best = grid.map((column) => [...column]);
  let least = crossings(grid);
  for (let sweep = 0; sweep < 12 && least > 0; sweep += 1) {
    const forward = sweep % 2 === 0;
    for (let step = 1; step < grid.length; step += 1) {
      const column = grid[forward ? step : grid.length - 1 - step];
      for (const place of column) {
        const near = forward ? place.before : place.after;
        place.rank = near.length ? sum(near.map((other) => other.index)) / near.length : place.index;
      }
      column.sort((a, b) => a.rank - b.rank || a.index - b.index);
      number(column);
    }
    const now = crossings(grid);
    if (now < least) {
      least = now;
      best = grid.map((column) => [...column]);
    }
  }
  best.forEach((column, index) => {
    grid[index] = column;
    number(column);
  });
}

// How many edges cross: inversions, counted with a tree of sums.
function crossings(grid) {
  let total = 0;
  for (let column = 0; column + 1 < grid.length; column += 1) {
    const size = grid[column + 1].length;
    const tree = new Array(size + 1).fill(0);
    let seen = 0;
    for (const place of grid[column]) {
      const ends = place.after.map((other) => other.index);
      for (const end of ends) {
        let before = 0;
        for (let node = end + 1; node > 0; node -= node & -node) before += tree[node];
        total += seen - before;
      }
      for (const end of ends) {
        for (let node = end + 1; node <= size; node += node & -node) tree[node] += 1;
      }
      seen += ends.length;
    }
  }
  return total;
}

function level(grid) {
  for (const column of grid) settle(column, column.map(() => 0), column.map(() => 1));
  for (let sweep = 0; sweep < 10; sweep += 1) {
    const forward = sweep % 2 === 0;
    for (let step = 1; step < grid.length; step += 1) {
      const column = grid[forward ? step : grid.length - 1 - step];
      const wanted = column.map((place) => {
        const near = forward ? place.before : place.after;
        return near.length ? sum(near.map((other) => other.y)) / near.length : place.y;
      });
      // A long edge is straight before anything else.
      settle(column, wanted, column.map((place) => (place.id === undefined ? 8 : 1)));
    }
  }
  const top = Math.min(0, ...grid.flat().map((place) => place.y - place.height / 2));
  for (const place of grid.flat()) place.y -= top;
}

// The heights nearest to those wanted that keep the order and the distances.
function settle(column, wanted, weights) {
  const offsets = [];
  column.forEach((place, index) => {
    const above = column[index - 1];
    const apart = above ? (above.height + place.height) / 2 + (above.id === undefined && place.id === undefined ? LANE / 2 : GAP) : 0;
    offsets.push((offsets[index - 1] ?? 0) + apart);
  });
  const pools = [];
  column.forEach((_, index) => {
    let pool = { mean: wanted[index] - offsets[index], weight: weights[index], size: 1 };
    while (pools.length && pools[pools.length - 1].mean >= pool.mean) {
      const above = pools.pop();
      const weight = above.weight + pool.weight;
      pool = { mean: (above.mean * above.weight + pool.mean * pool.weight) / weight, weight, size: above.size + pool.size };
    }
    pools.push(pool);
  });
  let index = 0;
  for (const pool of pools) {
    for (let left = pool.size; left > 0; left -= 1, index += 1) column[index].y = pool.mean + offsets[index];
  }
}
