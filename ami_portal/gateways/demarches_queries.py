"""What is asked of Démarches Simplifiées, in its own schema, and nothing more: no opinion, no annotation, no agent.

`value` is of another type in each kind of champ: each is asked under a name of its own. Money is read from
`stringValue`, since the schema's decimal numbers are binary ones. A kind of champ that no fragment names is answered as
another one (an unanswered yes or no as a box left empty, a heading as a text): so each has its fragment.
"""

QUERY = """
query dossiers($demarche: Int!, $first: Int, $after: String, $updatedSince: ISO8601DateTime) {
  demarche(number: $demarche) {
    dossiers(first: $first, after: $after, updatedSince: $updatedSince) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Whole }
    }
  }
}

query deletedDossiers($demarche: Int!, $first: Int, $after: String, $deletedSince: ISO8601DateTime) {
  demarche(number: $demarche) {
    deletedDossiers(first: $first, after: $after, deletedSince: $deletedSince) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Gone }
    }
  }
}

query pendingDeletedDossiers($demarche: Int!, $first: Int, $after: String, $deletedSince: ISO8601DateTime) {
  demarche(number: $demarche) {
    pendingDeletedDossiers(first: $first, after: $after, deletedSince: $deletedSince) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Gone }
    }
  }
}

query oneDossier($number: Int!) {
  dossier(number: $number) { ...Whole }
}

fragment Gone on DeletedDossier { number state reason dateSupression }

fragment Whole on Dossier {
  id
  number
  state
  dateDepot
  dateDerniereModification
  dateDerniereModificationChamps
  dateDerniereCorrectionEnAttente
  usager { email }
  demarche { revision { id } }
  demandeur {
    __typename
    ... on PersonnePhysique { nom prenom }
    ... on PersonneMorale { siret entreprise { siren raisonSociale } }
    ... on PersonneMoraleIncomplete { siret }
  }
  champs {
    ...Answered
    ... on RepetitionChamp { rows { id champs { ...Answered } } }
  }
}

fragment Answered on Champ {
  __typename
  champDescriptorId
  label
  stringValue
  ... on CheckboxChamp { checked: value }
  ... on YesNoChamp { selected: value }
  ... on DateChamp { date }
  ... on DatetimeChamp { datetime }
  ... on DropDownListChamp { chosen: value }
  ... on MultipleDropDownListChamp { values }
  ... on LinkedDropDownListChamp { primaryValue secondaryValue }
  ... on HeaderSectionChamp { level }
  ... on ExplicationChamp { __typename }
  ... on SiretChamp { etablissement { siret } }
  ... on PieceJustificativeChamp {
    files { filename contentType checksum byteSize: byteSizeBigInt url }
  }
}
"""


def _mutation(name: str) -> str:
    kind = name[0].upper() + name[1:]
    return f"mutation {name}($input: {kind}Input!) {{ {name}(input: $input) {{ errors {{ message }} }} }}\n"


ACTS = (
    "dossierPasserEnInstruction",
    "dossierAccepter",
    "dossierRefuser",
    "dossierClasserSansSuite",
    "dossierEnvoyerMessage",
    "dossierModifierAnnotations",
)
MUTATIONS = "".join(_mutation(name) for name in ACTS)
