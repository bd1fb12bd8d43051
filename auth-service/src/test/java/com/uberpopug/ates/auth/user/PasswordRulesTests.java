package com.uberpopug.ates.auth.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.auth.user.PasswordRules.Rule;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordRulesTests {

    private static final Profile ANNA = new Profile("Ánna Ёлкина Strauß", "a.birdsong+work@example.org", Language.EN,
            Role.POPUG, true);

    private final PasswordRules rules = new PasswordRules(8, true);

    @Test
    void length_is_counted_in_code_points_of_the_composed_form_in_any_script() {
        for (var phrase : List.of("a quaint feather, ", "кривое перо и ветка, ", "弯曲的红色的鸟嘴、", "منقار أحمر معقوف ",
                "🦜🪶🌴🥥 🦩🐚🌋",
                "한국어 깃털과 가지 ", Normalizer.normalize("한국어 깃털과 가지 ", Form.NFD), "कुटिल लाल चोंच, ")) {
            for (int length : new int[]{8, 64, 65, 128}) {
                assertThat(rules.broken(Password.of(cut(phrase, length)))).as(phrase + length).isEmpty();
            }
            assertThat(rules.broken(Password.of(cut(phrase, 7)))).as(phrase).contains(Rule.TOO_SHORT);
            assertThat(rules.broken(Password.of(cut(phrase, 129)))).as(phrase).contains(Rule.TOO_LONG);
        }
        assertThat(rules.broken(Password.of(""))).contains(Rule.TOO_SHORT);
        assertThat(rules.broken(Password.of("x".repeat(1_000_000)))).contains(Rule.TOO_LONG);
    }

    /** A varied text of so many composed code points, in the form of the phrase. */
    private static String cut(String phrase, int length) {
        var composed = Normalizer.normalize(phrase.repeat(130), Form.NFC);
        // The last character is no space, which a form could lose.
        var text = composed.substring(0, composed.offsetByCodePoints(0, length - 1)) + "咖";
        return Normalizer.isNormalized(phrase, Form.NFC) ? text : Normalizer.normalize(text, Form.NFD);
    }

    @Test
    void password_that_is_the_only_factor_has_fifteen_characters_outside_of_the_demo() {
        assertThat(new PasswordRules(null, false).broken(Password.of("hooked, yellow")).orElseThrow())
                .isEqualTo(Rule.TOO_SHORT);
        assertThat(new PasswordRules(null, false).broken(Password.of("hooked, yellows"))).isEmpty();
        assertThat(new PasswordRules(null, true).shortest()).isEqualTo(8);
        assertThatThrownBy(() -> new PasswordRules(7, false)).hasMessageContaining("ates.shortest-password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"password", "PassWord", "ｐａｓｓｗｏｒｄ", "password1", "password!!", "Password2024", "p@ssw0rd",
            "pa55w0rd123",
            "password password", "passwordpasswordpassword", "123password", "12345678", "1234567890", "87654321",
            "11111111", "aaaaaaaaaaaa", "abcabcabc", "121212121212", "яяяяяяяя", "🦜🦜🦜🦜🦜🦜🦜🦜", "qwertyuiop",
            "qwerty123", "Qwerty2025!", "poiuytrewq", "1qaz2wsx", "zxcvbnm,.", "asdfghjkl", "qwertyasdfgh", "qwe123asd",
            "abcd1234", "abcdefghijklmnop", "q1w2e3r4t5y6", "йцукенгш", "йцукен123", "ЙЦУКЕН2024", "фывапролдж",
            "йфяцычувс",
            "1й2ц3у4к5е", "пароль123", "Пароль2024!", "парольпароль", "gfhjkm123", "ghbdtn2024", "зфыыцщкв",
            "привет123",
            "любовь2023", "солнышко", "россия2024", "Summer2024!", "зима2025!", "dragon69!", "iloveyou", "iloveyou1234",
            "letmein2024", "19871987", "01011990", "31121999", "20002001", "admin-admin", "a-d-m-i-n-1-2-3",
            "p.a.s.s.w.o.r.d!!",
            "michael1985", "наташа1990", "natasha1990", "yfnfif1990", "correct horse battery staple",
            "0123456789012345"})
    void common_password_and_its_usual_variations_are_refused(String common) {
        for (var typed : variants(common)) {
            assertThat(rules.broken(Password.of(typed))).as(typed).contains(Rule.COMMON);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"curved, red", "hooked, blue", "long enough", "кривой и красный", "dragon eats a wall",
            "my monkey plays chess", "password of my aunt", "8f3k2lq9", "зимой грачи улетают", "tr0ub4dour&3",
            "7391846205",
            "clouds over the shed", "xkqzvwpj", "6#?*7VV@]V*5", "弯曲的红色鸟嘴啊", "🦜🪶🌴🥥🦩🐚🌋🐦"})
    void uncommon_password_is_accepted(String uncommon) {
        assertThat(rules.broken(Password.of(uncommon))).isEmpty();
    }

    @Test
    void every_listed_password_of_the_least_length_is_refused_and_there_are_thousands() throws IOException {
        List<String> listed;
        try (var list = Objects.requireNonNull(getClass().getResourceAsStream("/common-passwords.txt"))) {
            listed = new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
        assertThat(listed).hasSizeGreaterThan(4_000).doesNotHaveDuplicates().isSorted();
        assertThat(listed).filteredOn(each -> each.length() >= 8).hasSizeGreaterThan(1_500)
                .allSatisfy(each -> assertThat(rules.broken(Password.of(each))).as(each).contains(Rule.COMMON));
        // A shorter one with digits that lead to the least length.
        assertThat(listed).filteredOn(each -> each.length() < 8).allSatisfy(
                each -> assertThat(rules.broken(Password.of(each + "1234"))).as(each).contains(Rule.COMMON));
    }

    /** Chance makes one in about a hundred thousand hold the company's name, or a word, runs and few signs only. */
    @Test
    void hardly_any_random_password_is_refused() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var refused = Stream.generate(() -> random.ints(12, 0x21, 0x7F)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString())
                .limit(20_000).filter(typed -> rules.broken(Password.of(typed)).isPresent()).toList();
        assertThat(refused).as("seed %d", seed).hasSizeLessThan(5);
    }

    @Test
    void longest_text_of_listed_words_is_judged_quickly() {
        for (var words : List.of("dragonpassmasterlove", "paspasspassword", "qwertyqwert", "1q2w3e4r!")) {
            var text = words.repeat(20).substring(0, 127) + "~";
            var started = System.nanoTime();
            var _ = rules.broken(Password.of(text));
            assertThat(System.nanoTime() - started).as(words).isLessThan(5_000_000_000L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uberpopug", "popug", "ates", "уберпопуг", "попуг", "атес"})
    void company_name_is_refused(String name) {
        for (var typed : variants("x7 " + name + " k2 zq")) {
            assertThat(rules.broken(Password.of(typed))).as(typed).contains(Rule.COMPANY);
        }
        assertThat(rules.broken(Password.of("u-b-e-r P0PUG, 73")).orElseThrow()).isEqualTo(Rule.COMPANY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"the_bird", "Ánna Ёлкина Strauß", "anna", "Ёлкина", "Елкина", "STRAUSS", "a.birdsong+work",
            "a-b-i-r-d-s-o-n-g-work", "abirds0ngw0rk", "thebird"})
    void own_login_name_and_address_are_refused(String name) {
        for (var typed : variants("x7 " + name + " k2 zq")) {
            assertThat(rules.broken(Password.of(typed), "the_bird", ANNA)).as(typed).contains(Rule.PERSONAL);
            assertThat(rules.broken(Password.of(typed))).as("of somebody else: " + typed).isEmpty();
        }
    }

    @Test
    void word_of_a_login_made_of_several_is_accepted() {
        assertThat(rules.broken(Password.of("the shape of the first beak"), "first-admin",
                new Profile("first-admin", null, Language.EN, Role.ADMIN, true))).isEmpty();
    }

    @Test
    void name_that_is_common_too_is_named_as_personal_and_a_short_one_is_ignored() {
        var profile = new Profile("Li X", null, Language.EN, Role.POPUG, true);
        assertThat(rules.broken(Password.of("dragon2024"), "dragon", profile)).contains(Rule.PERSONAL);
        assertThat(rules.broken(Password.of("lions, exits"), "x", profile)).isEmpty();
        assertThat(rules.broken(Password.of("王伟的红色小鸟很好看"), "x",
                new Profile("王伟", null, Language.EN, Role.POPUG, true))).contains(Rule.PERSONAL);
    }

    private static List<String> variants(String text) {
        return List.of(text, text.toUpperCase(Locale.ROOT), Normalizer.normalize(text, Form.NFD),
                text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1));
    }
}
