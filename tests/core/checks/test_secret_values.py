"""Code, forms and prose speak of passwords all day and have none."""

import pytest

from tests.core.sample import draft
from tuimail.core.checks.context import NOTHING_KNOWN
from tuimail.core.checks.secrets import check, scan


def codes(text: str) -> list[str]:
    return [finding.code for finding in scan(text, field="text", label="text")]


def codes_in_html(html: str) -> list[str]:
    return [finding.code for finding in check(draft(text="", html=html), NOTHING_KNOWN)]


CODE = [
    "token = jwt.encode(payload2, key)",
    "secret = hashlib.sha256(data).hexdigest()",
    "password = sys.argv[1]",
    'const token = localStorage.getItem("token1")',
    'token := strings.Split(header, " ")[1]',
    '$password = $request->input("pw2")',
    "$password = $request->get('pw2');",
    "password: z.string().min(8)",
    "'password' => 'required|string|min:8|confirmed'",
    "'password' => 'sometimes|nullable|min:8'",
    "'password' => ['required', 'min:8'],",
    "private_key = rsa.generate_private_key(65537, 2048)",
    "accessToken: session?.accessToken",
    "accessToken: session?.user2?.accessToken,",
    "password: user!.password2",
    "$password = $this->password2;",
    "let password = Password::new(args2)",
    "password = Config::PASSWORD_2",
    "token = self.session2.tokens_2",
    "password: !vault |",
    "password: !secret wifi_pw2",
    "password: !Ref DbPassword2",
    "password: !env:DB_PASSWORD",
    'secret: "projects/my-project-123/secrets/db-password/versions/3"',
    "secret: projects/p1/secrets/db/versions/latest",
    "private_key: keys/server-2024/private_key.pem",
    "WHERE password = :password1",
    "WHERE password = @password1",
    "password = $db_pass1",
    "password = $userPass1",
    "Password: OAuth2",
    "Password: OAuth2.",
    "password: SHA-256",
    "Password: Argon2id",
    "password: bcrypt12",
    "Password: 2FA-required",
    "Password: 8-character-minimum",
    "Password: 2-factor",
    "1Password: Family2024",
    "1Password is Family2024",
    "token = await client2.fetch_token(scope2)",
    "+    token = make_token(user_id=12345678)",
    "-    secret_key = settings.SECRET_KEY_2",
    "password: ctx.req.body['password2']",
    "Password:\nUsername2:",
    "Password:\n> Username2:",
]


@pytest.mark.parametrize("text", CODE)
def test_code_that_only_speaks_of_a_secret_is_fine(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize("text", CODE)
@pytest.mark.parametrize(
    "form",
    [
        "<pre>{}</pre>",
        '<div class="line">+ {}</div><div class="line">2 files changed</div>',
        "<table><tr><td>12</td><td><span>{}</span></td></tr></table>",
        "<p><code>{}</code></p><p>3 open tickets</p>",
    ],
)
def test_code_that_is_sent_as_html_is_fine(text: str, form: str) -> None:
    escaped = text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")

    assert codes_in_html(form.format(escaped)) == []


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>Password: unchanged</li><li>2 users added</li></ul>",
        "<p>Password: unchanged</p><p>3 open tickets</p>",
        "<p>Password: unchanged<br>3 open tickets</p>",
        "<p>Your password is required.</p><h2>2. Login</h2>",
        "<th>Password:</th><td>optional</td><td>64</td>",
        "<tr><td>password</td><td>string</td><td>64</td></tr>",
        "<tr><td>Password</td><td>VARCHAR(64)</td></tr>",
        "<tr><td>Password</td><td>Argon2id</td></tr>",
        "<tr><td>Password</td><td>PBKDF2-SHA256</td></tr>",
        "<tr><td>Password</td><td>8+ characters</td></tr>",
        "<tr><td>Password</td><td>2026-03-04</td></tr>",
        "<tr><td>Password</td><td>unchanged</td></tr><tr><td>2FA</td></tr>",
        "<tr><th>Password</th><th>LastLogin2024!</th></tr>",
        "<tr><td>Password:</td></tr><tr><td>Address2:</td></tr>",
        "<tr><td>Forgot password</td><td>Clicks2024!</td></tr>",
        "<dl><dt>Password</dt><dd>unchanged</dd><dt>2FA</dt><dd>on</dd></dl>",
        "<password>required</password>",
        "<password>${env.PW_2}</password>",
        "<password>{{ password2 }}</password>",
        "<input type='password'>Summer2026!",
    ],
)
def test_neighbouring_blocks_are_not_read_as_one(html: str) -> None:
    assert codes_in_html(html) == []


@pytest.mark.parametrize(
    "html",
    [
        "<tr><td>Password</td><td>Hunter22!</td></tr>",
        "<tr>\n  <th>Password</th>\n  <td>\n    hG7kLm2Q\n  </td>\n</tr>",
        "<tr><td>Password:</td><td>Hunter22!</td><td>64</td></tr>",
        "<tr><td>Password:</td>\n      <td>hG7kLm2Q</td></tr>",
        "<tr><td><b>Passwort</b></td><td><code>Sommer2026!</code></td></tr>",
        "<password>Hunter22!</password>",
        "<p>Password: <b>Hunter22!</b></p>",
        "<p>Pass<wbr>word: Hun<b>ter</b>22!</p>",
        "<p>Password:</p>\n\n<p>hG7kLm2Q</p>",
        "<p>Password:<br>hG7kLm2Q</p>",
        "<dt>Password:</dt><dd>hG7kLm2Q</dd>",
    ],
)
def test_a_password_is_found_where_a_reader_sees_one(html: str) -> None:
    assert codes_in_html(html) == ["secret.generic-assignment"]


@pytest.mark.parametrize(
    "text",
    [
        "| Password | Hunter22! |",
        "| User | bob | \n| **Password** | `hG7kLm2Q` |",
        "<server><password>Hunter22!</password></server>",
        "<apiKey>9f8e7d6c5b4a39281706</apiKey>",
        "password: $ummer2026!",
        "password: Summer.2026!",
        "password: Correct-Horse7!Battery",
        'password = "!vault2!x"',
        "password: 2hG7kLm2Q",
    ],
)
def test_a_password_is_found_however_it_is_written(text: str) -> None:
    assert codes(text) == ["secret.generic-assignment"]
