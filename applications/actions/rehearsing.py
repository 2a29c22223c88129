"""What a pass over a démarche would do, told before anything is done."""

from collections.abc import Iterator

from ami_portal.gateways import demarches_simplifiees as gateway
from applications.demarches.mapping import IGNORED, demarche_of
from applications.demarches.reading import read
from applications.enums import RemoteActKind
from applications.models import Call, RemoteDossier

from .holding import since_when
from .writing_back import to_write


def rehearse(call: Call, *, everything: bool = False) -> Iterator[str]:
    """What a pass would import and write there, a French line each. Nothing is written, here or there, and no file is
    fetched. Raises GatewayError."""
    demarche, after = demarche_of(call.demarches), ""
    form = call.form_revision.form.with_datasets(call.dataset_options)
    since = since_when(call, everything=everything)
    known = dict(RemoteDossier.objects.filter(call=call).values_list("number", "sha256"))
    while demarche:
        page = gateway.dossiers(demarche.number, since=since, after=after)
        for node in page.nodes:
            remote = read(node, demarche, form)
            yield from (f"Dossier n° {remote.number}, {fault.field} : {fault.said}" for fault in remote.faults)
            if not remote.faults and remote.becomes != IGNORED and known.get(remote.number) != remote.sha256:
                yield f"Dossier n° {remote.number} : {'modifié' if known.get(remote.number) else 'nouveau'}."
        if not page.has_next:
            break
        after = page.cursor
    for row, one in to_write(call):
        said = f" – {one.text}" if one.text else ""
        yield f"À écrire là-bas, dossier n° {row.number} : {RemoteActKind(one.act).label}{said}"
