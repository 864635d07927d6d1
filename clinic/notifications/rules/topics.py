"""What ordinary replies are about, and the small words of trouble. Data only; `hints.py` reads it.

A reply with a word of trouble and no ordinary topic at all is about something no list of signs holds: the
sayings people person have for being ill have no end, the matters they text a class about do.
"""

TROUBLE = """
    cant carnt cnt cannot couldnt cudnt wont wouldnt dont doesnt didnt havent hasnt hadnt isnt arent wasnt
    werent aint shouldnt unable no not never nowt nothing without hardly barely stopped keep keeps kept gone
    went goes suddenly sudden since lost losing lose drop dropped dropping drops accident mistake wrong worse
    worst again twice constantly always woke wakes waking stuck shaking trod hit banged bumped knocked burst
    swallowed choked vanished fading faded creeping spreading crawling giving gave give hidden seeing saw
    hearing heard double crooked patch undignified ashamed frightened alone empty useless pointless over under
    like cannae couldnae dinnae wasnae didnae tha summat
"""

# Any one of these and the reply is about the class, the way there, the telephone, the family or thanks.
ORDINARY_TOPICS = """
    abroad address afternoon afternoons age aid airport alright am anniversary answer answered apologies
    appointment appointments april attend attending august available away baby babysitting band bands
    bank battery best better bike bingo birthday biscuit biscuits boiler book booked booking booklet
    books bowls bridge brilliant bring brother builder builders building bus buses busy button buttons
    bye cake call called calls came cancel cancelled car caravan cars centre change changed chapel
    charge charger cheers children chiropodist choir christening christmas church cinema class classes
    clinic clock clocks clothes coach coat coffee cold come coming company confused cost costs council
    cousin covid cricket cruise cuppa date dates daughter dear december delivery dentist did do doctor
    doctors dog dogs doing done door drives driveway earlier early easier easter easy electric
    electrician email emails enjoy enjoyed enjoying entrance evening evenings exercise exercises
    fantastic february fee fees film fine finish finished finishes flight fog football forget forgot
    forgotten form forms forward free fri friday friend friends funeral garden gardener gas gentleman
    glad glasses gp grandchildren granddaughter grandkids grandson grandsons grateful great group guests
    hairdresser half hall happy hard harder hat heard hearing heating hello hi holiday holidays hope
    hopefully hospital hot hour how ice icy idea instructor interest interested internet jab jabs
    january jenny job join joke july jumper june jury kids kind kindly knitting know lady late later
    laugh laughed laughing lazy leaflet letter letters level library lift lifting lifts liked link list
    looking love loved lovely lunch machine make making man managed march marvellous match maybe meeting
    men message messages miss missed missing mix mixed mobile mon monday money month months morning
    mornings move moved music name names nav need needed needs neighbour neighbours news nice note
    november number nurse oclock october ok okay online optician option page paid parcel park parked
    parking party password pay perhaps person phone phones physio picture pictures place please pleased
    pls plumber pm post postcode practice practise practised practising prefer prescription pressed
    print printer programme question radio rain raining raise raises rang rather remember replied reply
    reps ride ring road roads roof room route routine rung said saturday say scan scarf school scooter
    seat see september session sessions sets sheet shift shop shopping shops signal singing sister
    smashing snow snowed snowing son song soon sorry space spaces specs spelling spelt start started
    starting station staying stick stretch stretches sun sunday super sure surgery surname swap ta taxi
    teacher teeth tell text texted texting texts thank thanks thankyou thu thur thurs thursday today
    told tomorrow tonight towel traffic train trainers trains transport travel travelling trip trips tue
    tues tuesday umbrella understand unsure upstairs vaccine venue vet vets video visit visiting
    visitors voicemail volunteer vote waiting walk walked walking wallet warm washing wear weather
    website wed wedding wednesday weds weekend welcome well what when where which who why wi wind women
    wonder wonderful wondering work worries worry xray xx young
"""
