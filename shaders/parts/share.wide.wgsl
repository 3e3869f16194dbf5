// share: eight vec4 of which each of four neighbours loaded two: the first four one each, then the others.
fn shared_by_four(a: vec4f, b: vec4f) -> Eight {
  return Eight(
    subgroupBroadcast(a, 0u), subgroupBroadcast(a, 1u), subgroupBroadcast(a, 2u), subgroupBroadcast(a, 3u),
    subgroupBroadcast(b, 0u), subgroupBroadcast(b, 1u), subgroupBroadcast(b, 2u), subgroupBroadcast(b, 3u));
}
