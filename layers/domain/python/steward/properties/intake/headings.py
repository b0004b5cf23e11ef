"""What counties and listing services call their columns: a name to the fact it usually is, and how usual that is."""

import re
from difflib import get_close_matches
from functools import cache

SURE, LIKELY, MAYBE = 0.97, 0.85, 0.6

_NAMES = """
source_id: id, property id, propertyid, prop id, record id, listing id, listingid, listing key, mls, mls number, mls no, mls id, mlsnum,
  ml number, account, account number, acct, schedule number, geo id, geoid, rp id, quickref id, unique id, key
parcel: parcel, parcel id, parcelid, parcel number, parcel no, parcel num, parcel nbr, parcelnumb, pin, pin14, pid, apn, ain, upn, tax
  id, tax parcel, tax parcel id, taxparcel, folio, folio number, strap, map parcel, map block lot, mapblklot, bbl, sbl, print key,
  parid, pcl, tms, assessor parcel number, attom id, parcel reference
address: address, street address, streetaddress, full address, fulladdress, site address, siteaddress, situs, situs address, situs addr,
  situsaddress, property address, propertyaddress, prop addr, prop address, location, location address, loc address, phy addr, phy
  addr1, physical address, unparsed address, unparsedaddress, address line 1, address1, addr, street addr, premise address, house
  address, property location
street_number: street number, streetnumber, house number, house no, house num, houseno, st num, stno, street no, addr num, address
  number, situs number
street_name: street name, streetname, street, st name, situs street, str name, road name
street_suffix: street suffix, streetsuffix, street type, st type, st suffix, suffix
unit: unit, unit number, unitnumber, unit no, apt, apt no, apartment, suite, unit num, unitno
city: city, cityname, city name, situs city, site city, property city, prop city, municipality, town, muni, phy city, postal city
state: state, state code, st, situs state, property state, stateorprovince, state or province, province
zip: zip, zipcode, zip code, zip5, postal code, postalcode, postal, situs zip, site zip, property zip, prop zip, phy zipcd, zipcd, post
  code, postcode, zip 5
county: county, county name, countyorparish, county or parish, jurisdiction, fips county
lat: lat, latitude, y coord, lat dd, ycoord, intptlat, y
lon: lon, long, lng, longitude, x coord, lon dd, xcoord, intptlon, x
sale_price: sale price, saleprice, sale pr, sales price, sale amount, saleamt, sale amt, last sale price, last sale amount, sold price,
  soldprice, close price, closeprice, closing price, sale val, sale value, sale prc1, sale prc, consideration, deed price, transfer
  amount, transfer price, selling price, price sold
sale_date: sale date, saledate, sale dt, sales date, last sale date, sold date, solddate, close date, closedate, closing date, deed
  date, transfer date, document date, recording date, record date, rec date, date of sale, selling date, date sold
asking_price: asking price, list price, listprice, current price, listing price, original list price, asking, price display
listing_status: status, listing status, standard status, standardstatus, mls status, mlsstatus, listing state
listed_on: list date, listed on, listing date, listdate, on market date, onmarketdate, listing contract date, date listed, listed date
property_type: property type, propertytype, prop type, proptype, type, use, use code, use description, usedesc, land use, landuse, land
  use code, property use, property sub type, propertysubtype, home type, class, property class, class description, dor uc, building
  type, style
bedrooms: bedrooms, beds, bed, br, bdrms, bdrm, bedrms, bedroom, num bedrooms, number of bedrooms, no of bedrooms, bedrooms total,
  bedroomstotal, total bedrooms, bedroom count, bed rms, n bedrooms, nbr bedrooms, bedcount
bathrooms: bathrooms, baths, bath, ba, bthrms, bathrms, bathroom, num bathrooms, number of bathrooms, no of bathrooms, bathrooms total,
  bathroomstotal, bathroomstotaldecimal, total baths, total bathrooms, bath count, bathroom count, n bathrooms, bathcount
bathrooms_full: full baths, full bath, bath full, baths full, bathfull, bathroomsfull, bathrooms full, bth f, fullbaths, full bathrooms,
  num full baths
bathrooms_half: half baths, half bath, bath half, baths half, bathhalf, bathroomshalf, bathrooms half, bth h, halfbaths, half bathrooms,
  num half baths
living_area_sqft: living area, livingarea, living area sqft, sqft living, sqft liv, livingsqft, living sqft, sqft, square feet,
  squarefeet, square footage, building area, building sqft, bldg sqft, bldg area, bldgsqft, finished sqft, finished area, gross living
  area, gla, heated area, heated sqft, total sqft, tot lvg area, total living area, liv area, res area, sq ft, sf, sq feet, area sqft,
  building square feet, above grade living area, sfla, house size
lot_area_sqft: lot area, lot size, lotsize, lot sqft, sqft lot, lotsqft, lot area sqft, lot size sqft, lotsizesquarefeet, lot size
  square feet, land sqft, land area, land square footage, landsqft, lot square feet, lnd sqfoot, parcel area, parcel sqft, lotarea,
  shape area
lot_area_acres: acres, acreage, lot acres, lot size acres, lotsizeacres, land acres, gis acres, calc acres, deed acres, total acres
above_sqft: sqft above, above sqft, above grade sqft, above grade finished area, sqft above grade, above ground sqft,
  abovegradefinishedarea
basement_sqft: sqft basement, basement sqft, basement area, bsmt sqft, total basement sqft, total bsmt sf, basement
living15_sqft: sqft living15, living15 sqft, sqft liv15, living15, sqft l15
lot15_sqft: sqft lot15, lot15 sqft, lot15
floors: floors, stories, storeys, number of floors, num floors, no of stories, story, storiestotal, stories total, nbr stories
year_built: year built, yearbuilt, yr built, yrbuilt, yr blt, yrblt, built, act yr blt, actual year built, year blt, built year,
  construction year, yearbuiltactual, eff year built, ayb
year_renovated: year renovated, yr renovated, yr renov, year remodeled, year remod, yr rmdl, renovated, remodel year, year remod add, yr
  remod
condition: condition, cond, overall condition, overall cond, condition code, cond code, cdu, building condition
grade: grade, building grade, bldg grade, quality, overall qual, construction grade, grade code, grd cd, qual code, quality code,
  condition grade, overall quality
view: view, view rating, view score, view quality
waterfront: waterfront, water front, waterfront yn, waterfrontyn, is waterfront, wfnt
garage_spaces: garage spaces, garagespaces, garage, garage cars, parking spaces, num garage, garage stalls
zoning: zoning, zone, zoning code, zone code, zoning district, current zoning
owner_name: owner, owner name, ownername, owner1, owner 1, own name, owner full name, own1, taxpayer, taxpayer name, grantee
owner_mailing_address: mailing address, mail address, owner address, owner mailing address, mail addr, own addr1, mailadd, taxpayer
  address
assessed_value: assessed value, assessedvalue, assessed, total assessed value, av total, total assessed, assd value, assessment, assd
  val, total av, taxassessedvalue, tax assessed value, appraised total
market_value: market value, marketvalue, just value, jv, appraised value, total value, full value, fair market value, total market
  value, fmv, actual value
tax_annual: tax amount, taxes, annual tax, annual taxes, taxamount, tax annual amount, taxannualamount, total tax, tax a year, property
  tax, net tax
listing_url: url, listing url, link, listing link, property url, permalink
title: title, listing title, headline, listing headline, public title
rent: rent, monthly rent, rent a month, rent per month, rental price, asking rent, list rent, rent amount, rent monthly, market rent
rent_period: rent period, price type, pricetype, rent frequency, payment period, price period, price frequency
category: category, listing category, category name
pets_allowed: pets allowed, petsallowed, pet policy, pets
features: features, amenities, community amenities, community features, interior features, exterior features, appliances
remarks: remarks, description, public remarks, publicremarks, body, comments, listing description, property description, notes, details,
  marketing remarks
"""

_SHORT = """
br:bedrooms bdrm:bedrooms bth:bath pr:price prc:price amt:amount dt:date yr:year blt:built addr:address nbr:number num:number
no:number cd:code desc:description sqft:sqft sf:sqft liv:living lvg:living bldg:building prop:property val:value tot:total
cnt:count pcl:parcel ac:acres bsmt:basement
"""
_WEAK = """
key, x, y, st, class, style, type, use, price display, basement, location, street, notes, details, status, garage, record date,
recording date, attom id, eff year built, location address, quality, suffix, built, assessment
"""
_SPELT = dict(pair.split(":") for pair in _SHORT.split())


def squash(name: str) -> str:
    """`YR_BLT`, `YrBlt`, `yr blt` to `yrblt`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def words(name: str) -> list[str]:
    """`SalePrice`, `SALE_PR` to small words, short forms written out."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return [_SPELT.get(part.lower(), part.lower()) for part in parts]


@cache
def _known() -> dict[str, tuple[str, float]]:
    known: dict[str, tuple[str, float]] = {}
    weak = {squash(name) for name in _WEAK.split(",")}
    for line in re.sub(r"\n  ", " ", _NAMES.strip()).splitlines():
        field, names = line.split(":")
        for name in (field.replace("_", " "), *names.split(",")):
            known.setdefault(squash(name), (field, LIKELY if squash(name) in weak else SURE))
    return known


def usual(name: str) -> tuple[str, float]:
    """The fact a column of this name usually is and how usual that is, ("", 0) for a name nobody uses."""
    known = _known()
    if squash(name) in known:
        return known[squash(name)]
    spelt = "".join(words(name))
    if spelt in known:
        field, sure = known[spelt]
        return field, sure - 0.07
    close = get_close_matches(spelt, known, 1, 0.87) if len(spelt) > 4 else []
    return (known[close[0]][0], MAYBE) if close else ("", 0.0)
