package com.uberpopug.ates.platform.test;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.AndFullName.Predicates.fullNameMatching;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.platform.pages.BlankIsNothing;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import java.util.Date;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ValueConstants;

/**
 * The house rules that ArchUnit checks; each module includes them all:
 *
 * <pre>{@code
 *
 * @AnalyzeClasses(packages = "com.uberpopug.ates.tasks", importOptions = DoNotIncludeTests.class)
 * class ArchitectureTests {
 *     @ArchTest
 *     static final ArchTests rules = ArchTests.in(ArchitectureRules.class);
 * }
 * }</pre>
 */
public final class ArchitectureRules {

    private static final String PLATFORM = "com.uberpopug.ates.platform..";
    /** All of analytics is projections, so Avro classes may appear anywhere in it. */
    private static final String PROJECTIONS = "com.uberpopug.ates.analytics..";
    private static final String TESTS = "com.uberpopug.ates.platform.test..";
    private static final String CONTRACT = "com.uberpopug.ates.events..";

    private ArchitectureRules() {
    }

    @ArchTest
    static final ArchRule features_do_not_depend_on_each_other_in_circles = slices()
            .matching("com.uberpopug.ates.*.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule platform_modules_know_only_those_before_them = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("contract").definedBy(CONTRACT)
            .layer("events").definedBy("com.uberpopug.ates.platform.events..")
            .layer("web").definedBy("com.uberpopug.ates.platform.web..")
            .layer("pages").definedBy("com.uberpopug.ates.platform.pages..")
            .layer("test").definedBy(TESTS)
            .whereLayer("contract").mayNotAccessAnyLayer()
            .whereLayer("events").mayOnlyAccessLayers("contract")
            .whereLayer("web").mayOnlyAccessLayers("contract", "events")
            .whereLayer("pages").mayOnlyAccessLayers("contract", "events", "web");

    @ArchTest
    static final ArchRule event_pipeline_runs_without_web = noClasses()
            .that().resideInAPackage("com.uberpopug.ates.platform.events..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("org.springframework.web..", "org.springframework.http..",
                    "jakarta.servlet..", "org.springframework.security..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule contract_and_serde_need_no_spring = noClasses()
            .that().resideInAPackage(CONTRACT)
            .should().dependOnClassesThat().resideInAPackage("org.springframework..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_web_is_known_to_the_web_side_only = noClasses()
            .that().resideOutsideOfPackage(PLATFORM)
            .and()
            .haveNameNotMatching(named("Controller|Page|Pages|Download|Advice|Security|Configuration|Application"))
            .should().dependOnClassesThat().resideInAnyPackage("org.springframework.web..",
                    "org.springframework.http..", "org.springframework.ui..", "jakarta.servlet..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule kafka_is_known_to_listeners_only = noClasses()
            .that().resideOutsideOfPackages(PLATFORM, CONTRACT)
            .and().haveNameNotMatching(named("Listener"))
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.kafka..", "org.springframework.kafka..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nobody_but_the_platform_sends_to_kafka = noClasses()
            .that().resideOutsideOfPackage(PLATFORM)
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.kafka.clients.producer..",
                    "org.springframework.kafka.core..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule events_are_read_by_listeners_and_written_by_publishers_only = noClasses()
            .that().resideOutsideOfPackages(PLATFORM, CONTRACT, PROJECTIONS)
            .and().haveNameNotMatching(named("Listener|EventPublisher"))
            .should().dependOnClassesThat(resideInAnyPackage(CONTRACT, "org.apache.avro..")
                    .and(describe("are neither the names of topics and types nor the rule for titles",
                            used -> Stream.of(Topics.class, EventType.class, TaskTitle.class)
                                    .noneMatch(used::isEquivalentTo))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule time_comes_from_a_clock_that_was_injected = noClasses()
            .that().haveNameNotMatching(named("Configuration")).and().resideOutsideOfPackage(TESTS)
            .should().callMethodWhere(target(fullNameMatching("java\\.time\\.\\w+\\.now\\((java\\.time\\.ZoneId)?\\)"
                    + "|java\\.time\\.Clock\\.(system|tick)\\w*\\(.*\\)|java\\.lang\\.System\\.currentTimeMillis\\(\\)")))
            .orShould().callConstructor(Date.class)
            .allowEmptyShould(true);

    /** A mapping takes {@code /oauth2/p%61r} for {@code /oauth2/par}; a comparison with the request's URI does not. */
    @ArchTest
    static final ArchRule paths_are_compared_as_mappings_see_them_and_repeated_as_they_came = noClasses()
            .that()
            .haveNameNotMatching(
                    "(.*[.$])?(AccountPage|PageSecurity|ProblemAdvice|ProblemErrors|IdempotencyFilter|FormFilter"
                            + "|PublicAddress|RefusedCalls)([.$].*)?")
            .should().callMethodWhere(target(nameMatching("getRequestURI")))
            .allowEmptyShould(true);

    /** Outside of a transaction, a stream of rows holds its connection until the stream is closed. */
    @ArchTest
    static final ArchRule rows_are_streamed_in_transactions_only = noClasses()
            .should().callMethodWhere(describe("rows are streamed by a method that is not @Transactional",
                    (JavaMethodCall call) -> call.getTarget().getName().equals("stream")
                            && call.getTargetOwner().isAssignableTo(JdbcClient.MappedQuerySpec.class)
                            && !call.getOrigin().isAnnotatedWith(Transactional.class)))
            .allowEmptyShould(true);

    /** The annotation is read before the handler's arguments; a handler without one is closed to everyone. */
    @ArchTest
    static final ArchRule handlers_declare_who_may_call_them = methods()
            .that().areMetaAnnotatedWith(RequestMapping.class)
            .should().beMetaAnnotatedWith(Allowed.class).orShould().beAnnotatedWith(AllowedToAnyone.class)
            .allowEmptyShould(true);

    /** A virtual thread may hold a class loader's lock while all carriers wait for that lock to load a class. */
    @ArchTest
    static final ArchRule threads_are_not_virtual = noClasses()
            .that().resideOutsideOfPackage(TESTS)
            .should().callMethodWhere(target(nameMatching("ofVirtual|startVirtualThread|newVirtualThread\\w+")))
            .allowEmptyShould(true);

    /** Such a controller turns a blank text, also a blank default, into null, and NullAway cannot see it. */
    @ArchTest
    static final ArchRule blank_text_is_null_whatever_the_default = noMethods()
            .that().areDeclaredInClassesThat().areAssignableTo(BlankIsNothing.class)
            .should(have(describe("a text parameter with a default", method -> method.getParameters().stream()
                    .filter(parameter -> parameter.getRawType().isEquivalentTo(String.class))
                    .filter(parameter -> parameter.isAnnotatedWith(RequestParam.class))
                    .map(parameter -> parameter.getAnnotationOfType(RequestParam.class).defaultValue())
                    .anyMatch(value -> !value.equals(ValueConstants.DEFAULT_NONE)))))
            .allowEmptyShould(true);

    /**
     * A fixed word in a path, such as "me" or "new", stands only beside ids and dates, so that it never equals a name.
     */
    @ArchTest
    static final ArchRule paths_hold_no_text_that_people_choose = noMethods()
            .that().areDeclaredInClassesThat().resideOutsideOfPackage(PLATFORM)
            .should(be(describe("with a text in the path",
                    (JavaMethod method) -> method.getParameters().stream()
                            .anyMatch(parameter -> parameter.isAnnotatedWith(PathVariable.class)
                                    && parameter.getRawType().isEquivalentTo(String.class)))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule money_is_a_long_of_cents = fields()
            .that().haveNameMatching("(?i).*cents").and().doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should().notHaveRawType(nameMatching("double|float|int|short|java\\.lang\\.(Double|Float|Integer|Short)"
                    + "|java\\.math\\..*"))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule null_is_said_where_it_may_be = classes()
            .that().areNotAnnotatedWith("org.apache.avro.specific.AvroGenerated")
            .should(be(describe("in a package that is @NullMarked",
                    (JavaClass type) -> type.getPackage().isAnnotatedWith(NullMarked.class))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule names_say_something = noClasses()
            .should().haveNameMatching(named("Impl|Manager|Helper|Utils?|Dto|Entity|Processor|Handler|Base"))
            .allowEmptyShould(true);

    /** A class whose name, or whose outer class's name, has this suffix. */
    private static String named(String suffixes) {
        return ".*\\.\\w*(" + suffixes + ")(\\$.*)?";
    }
}
