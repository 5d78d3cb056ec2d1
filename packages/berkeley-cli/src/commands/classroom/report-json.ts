// A class for programs: one JSON document, which `scan --from` reads again.
// Rule: the names in it are an interface; they are added to, never changed.
import type { Roster } from './roster.ts'
import type { Similarity } from './similarity.ts'

export function formatJson({ members, absentees, repeats }: Roster, similarity: Similarity): string {
  const document = {
    students: members.map(({ source, student }) => ({ host: source, record: student })),
    failures: absentees.map(({ source, failure }) => ({ host: source, ...failure })),
    repeats: repeats.map(({ id, sources, isContradictory }) => ({
      id,
      hosts: sources,
      contradictory: isContradictory,
    })),
    pairs: similarity.pairs.map(({ rank, distance, first, second }) => ({
      rank,
      distance,
      ids: [members[first]?.student.id, members[second]?.student.id],
      hosts: [members[first]?.source, members[second]?.source],
    })),
    unlistedTies: similarity.unlistedTies,
  }
  return JSON.stringify(document, null, 2)
}
