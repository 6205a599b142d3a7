// Web client of the BSS: what differs from Tryton's stock client. Loaded by its index page after the client itself.
// The server puts a line before this file: `const BSS = {"name": ...};`
(function() {
    'use strict';

    const TEXTS = {
        en: {
            clientID: "Client ID",
            password: "Password",
            refused: "Login refused. Check Client ID, user name and password.",
        },
        de: {
            clientID: "Kunden-ID",
            password: "Passwort",
            refused: "Anmeldung abgelehnt. Prüfen Sie Kunden-ID, Benutzername und Passwort.",
        },
        es: {
            clientID: "ID de cliente",
            password: "Contraseña",
            refused: "Acceso denegado. Compruebe el ID de cliente, el usuario y la contraseña.",
        },
        fr: {
            clientID: "Identifiant client",
            password: "Mot de passe",
            refused: "Connexion refusée. Vérifiez l'identifiant client, l'utilisateur et le mot de passe.",
        },
    };

    function text(name) {
        const language = (Sao.i18n.getlang() || 'en').slice(0, 2);
        return (TEXTS[language] || TEXTS.en)[name];
    }

    Sao.config.title = BSS.name;
    Sao.set_title();
    document.querySelector('link[rel="icon"]').setAttribute('href', 'brand.svg');
    document.querySelector('link[rel="icon"]').setAttribute('type', 'image/svg+xml');

    // The server lists no Client IDs: asking would only write an error into the browser's console.
    Sao.DB.list = () => jQuery.Deferred().reject().promise();

    // Client ID, user name and password in one dialog; the stock one asks for the password afterwards.
    // An address such as https://bss.example/#t7k2m9qd fills in the Client ID.
    let open_dialog = null;
    const stock_dialog = Sao.Session.login_dialog;
    Sao.Session.login_dialog = function() {
        const dialog = stock_dialog.apply(this, arguments);
        dialog.modal.addClass('bss-login');
        dialog.modal.find('.modal-title').text(BSS.name);
        dialog.body.find('label[for="database"]').text(text('clientID'));
        dialog.database_select.remove();
        dialog.database_input
            .attr({autocomplete: 'organization', autocapitalize: 'none', spellcheck: 'false', maxlength: 64})
            .val(window.location.hash.replace(/^#!?/, '').split('/', 1)[0])
            .on('input', function() {
                // Client IDs have small letters only; people copy them with spaces and phones begin with a capital.
                const typed = this.value;
                const clean = typed.replace(/\s/g, '').toLowerCase();
                if (typed !== clean) {
                    this.value = clean;
                }
            });
        dialog.login_input.attr({autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false'});
        dialog.password_input = jQuery('<input/>', {
            'class': 'form-control',
            'id': 'password',
            'name': 'password',
            'type': 'password',
            'autocomplete': 'current-password',
        });
        jQuery('<div/>', {'class': 'form-group'})
            .append(jQuery('<label/>', {'class': 'control-label', 'for': 'password'}).text(text('password')))
            .append(dialog.password_input)
            .insertAfter(dialog.login_input.closest('.form-group'));
        dialog.refusal = jQuery('<p/>', {'class': 'alert alert-danger', 'role': 'alert', 'id': 'refusal'})
            .sao_hide().prependTo(dialog.body);
        open_dialog = dialog;
        return dialog;
    };

    // After too many attempts the stock client takes its own message for a success and leaves the dialog locked.
    const stock_run = Sao.Login.prototype.run;
    Sao.Login.prototype.run = function() {
        return stock_run.apply(this, arguments)
            .then(result => Array.isArray(result) ? result : jQuery.Deferred().reject().promise());
    };

    // The server first asks for the password, whoever logs in; asked twice in one login, it has refused the first one. The
    // stock client would ask for the password for ever, also when the Client ID is the part that is wrong.
    const stock_password = Sao.Login.prototype.get_password;
    Sao.Login.prototype.get_password = function(message, name) {
        const dialog = open_dialog && document.contains(open_dialog.modal[0]) ? open_dialog : null;
        if (!dialog) {
            return stock_password.apply(this, arguments);
        }
        if (this.password_given) {
            dialog.refusal.text(text('refused')).sao_show();
            dialog.password_input.val('');
            return jQuery.Deferred().reject().promise();
        }
        dialog.refusal.sao_hide();
        const password = dialog.password_input.val();
        if (!password) {
            return jQuery.Deferred().reject().promise();
        }
        this.password_given = true;
        return jQuery.when(password);
    };
}());
