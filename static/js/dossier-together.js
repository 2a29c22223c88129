// Several people in one dossier: who has the section, said once all that was typed is with the portal.
import * as fields from "./dossier-fields.js";
import { csrf } from "./dossier-net.js";

const AWAY = "Le portail ne répond pas : réessayez quand vos réponses seront enregistrées.";

export class Together {
  constructor(form, outbox, say) {
    this.form = form;
    this.outbox = outbox;
    this.say = say;
  }

  // What a button asks (`data-act`) goes after the answers of the page: « prête » is said of all of them.
  act(button) {
    this.asked = { [button.name]: button.value };
    const holder = button.closest(".dossier-give")?.querySelector("select");
    if (holder) this.asked[holder.name] = holder.value;
    for (const field of fields.allFields(this.form)) this.outbox.touch(field, { now: true });
    this.goOn();
  }

  // Called whenever the state of what waits has changed.
  goOn() {
    if (!this.asked) return;
    const isWaiting = this.outbox.shelf.all(this.outbox.ref).some((one) => !one.held);
    if (isWaiting && this.outbox.sender.way === "ok") return;
    const asked = this.asked;
    this.asked = null;
    if (isWaiting) this.say(AWAY, "wrong");
    else this.send(asked);
  }

  send(asked) {
    const sheet = document.createElement("form");
    Object.assign(sheet, { method: "post", action: location.pathname, hidden: true });
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: csrf(), ...asked })) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      sheet.append(field);
    }
    document.body.append(sheet);
    sheet.submit();
  }
}
