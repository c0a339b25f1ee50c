/** The only source of chance that is not a seed. */
export interface Random {
  /** A whole number in [0, 2^32), for seeding what must be repeatable from then on. */
  seed(): number;
}
